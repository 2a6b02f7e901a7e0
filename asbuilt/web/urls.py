"""Paths of the pages. A unit or lot stands in a path by its full name; asbuilt.web.addresses writes them."""

from django.urls import path, register_converter

from asbuilt.web import definitions, genealogy, identity, labels, resolver, scanner

register_converter(resolver.PrimaryKey, "primary_key")

app_name = "web"

urlpatterns = [
    path("", identity.home, name="home"),
    path("find", identity.find, name="find"),
    path("scanner", scanner.scanner, name="scanner"),
    path("units", identity.units, name="units"),
    path("<primary_key:ai>/<path:rest>", resolver.digital_link, name="digital-link"),
    path("units/<path:name>", identity.unit, name="unit"),
    path("lots/<path:name>", definitions.lot, name="lot"),
    path("labels/units/<path:name>", labels.label, {"kind": "unit"}, name="unit-label"),
    path("labels/lots/<path:name>", labels.label, {"kind": "lot"}, name="lot-label"),
    path("print-jobs/<int:number>", labels.settle_job, name="print-job"),
    path("components/<path:name>", genealogy.components, name="components"),
    path("branches/<path:name>", genealogy.branch, name="branch"),
]

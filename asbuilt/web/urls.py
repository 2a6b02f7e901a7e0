"""Paths of the pages. A unit or lot stands in a path by its full name; asbuilt.web.addresses writes them."""

from django.urls import path, register_converter

from asbuilt.web import (
    definitions,
    dispositions,
    duplicates,
    genealogy,
    identity,
    labels,
    orders,
    parts,
    refusals,
    releases,
    resolver,
    scanner,
    serials,
    setups,
)

register_converter(resolver.PrimaryKey, "primary_key")

app_name = "web"

urlpatterns = [
    path("", identity.home, name="home"),
    path("find", identity.find, name="find"),
    path("scanner", scanner.scanner, name="scanner"),
    path("units", identity.units, name="units"),
    path("parts", parts.parts, name="parts"),
    path("parts/<str:name>", parts.part, name="part"),
    path("parts/<str:name>/issue", serials.issue, name="issue-serials"),
    path("parts/<str:name>/issued/<uuid:key>", serials.issued, name="issued-serials"),
    path("parts/<str:name>/reserve", serials.reserve, name="reserve-range"),
    path("parts/<str:name>/range", serials.range_serials, name="range-serials"),
    path("parts/<str:name>/void", serials.void, name="void-serials"),
    path("work-orders", orders.orders, name="work-orders"),
    path("work-orders/<path:name>", orders.order, name="work-order"),
    path("new-work-order", releases.new_order, name="new-order"),
    path("release-order", releases.release, name="release-order"),
    path("split-order/<path:name>", orders.split, name="split-order"),
    path("hold-order/<path:name>", orders.hold, name="hold-order"),
    path("resume-order/<path:name>", orders.resume, name="resume-order"),
    path("close-order/<path:name>", orders.close, name="close-order"),
    path("setups", setups.setups, name="setups"),
    path("setups/<path:name>", setups.setup, name="setup"),
    path("activate-setup/<path:name>", setups.activate, name="activate-setup"),
    path("end-setup/<path:name>", setups.end, name="end-setup"),
    path("load-slot/<path:name>", setups.load, name="load-slot"),
    path("unload-slot/<path:name>", setups.unload, name="unload-slot"),
    path("duplicates", duplicates.duplicates, name="duplicates"),
    path("duplicates/<uuid:question>", duplicates.duplicate, name="duplicate"),
    path("duplicates/<uuid:question>/decide", duplicates.decide, name="decide-duplicate"),
    path("defects", dispositions.defects, name="defects"),
    path("defects/<path:name>", dispositions.defect, name="defect"),
    path("decide-defect/<path:name>", dispositions.decide, name="decide-defect"),
    path("repair-defect/<path:name>", dispositions.repair, name="repair-defect"),
    path("refusals", refusals.refusals, name="refusals"),
    path("<primary_key:ai>/<path:rest>", resolver.digital_link, name="digital-link"),
    path("units/<path:name>", identity.unit, name="unit"),
    path("lots/<path:name>", definitions.lot, name="lot"),
    path("labels/units/<path:name>", labels.label, {"kind": "unit"}, name="unit-label"),
    path("labels/lots/<path:name>", labels.label, {"kind": "lot"}, name="lot-label"),
    path("print-jobs/<int:number>", labels.settle_job, name="print-job"),
    path("components/<path:name>", genealogy.components, name="components"),
    path("branches/<path:name>", genealogy.branch, name="branch"),
]

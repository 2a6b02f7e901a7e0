"""Paths of the API. A unit or lot stands in a path by its name; slashes in it need no escape."""

from django.urls import path

from asbuilt.api import (
    capture,
    interlock,
    labels,
    messages,
    openapi,
    queries,
    ranges,
    reads,
    scans,
    serials,
    shop_floor,
)

app_name = "api"

urlpatterns = [
    path("v1/openapi.json", openapi.document, name="openapi"),
    path("v1/events", capture.events, name="events"),
    path("v1/messages/cfx", messages.cfx, name="messages-cfx"),
    path("v1/interlock", interlock.interlock, name="interlock"),
    path("v1/reads", reads.reads, name="reads"),
    path("v1/scan", scans.scan, name="scan"),
    path("v1/serials", serials.serials, name="serials"),
    path("v1/serial-ranges", ranges.ranges, name="serial-ranges"),
    path("v1/parts", queries.parts_list, name="parts"),
    path("v1/duplicates", queries.duplicates_list, name="duplicates"),
    path("v1/print-jobs", labels.jobs, name="print-jobs"),
    path("v1/print-jobs/<int:number>", labels.one_job, name="print-job"),
    path("v1/print-jobs/<int:number>/retry", labels.retry, name="print-job-retry"),
    path("v1/print-jobs/<int:number>/settle", labels.settle, name="print-job-settle"),
    path("v1/yield", shop_floor.yields, name="yield"),
    path("v1/spc", shop_floor.spc, name="spc"),
    path("v1/refusals", shop_floor.refusals, name="refusals"),
    path("v1/units", queries.units_list, name="units"),
    path("v1/units/<path:name>/record", queries.unit_record, name="unit-record"),
    path("v1/units/<path:name>/history", queries.history_view, {"kind": "units"}, name="unit-history"),
    path("v1/units/<path:name>/as-built", queries.as_built_view, {"kind": "units"}, name="unit-as-built"),
    path("v1/units/<path:name>/where-used", queries.where_used_view, {"kind": "units"}, name="unit-where-used"),
    path("v1/units/<path:name>/label", labels.label, {"kind": "units"}, name="unit-label"),
    path("v1/units/<path:name>", queries.unit_view, name="unit"),
    path("v1/lots/<path:name>/history", queries.history_view, {"kind": "lots"}, name="lot-history"),
    path("v1/lots/<path:name>/as-built", queries.as_built_view, {"kind": "lots"}, name="lot-as-built"),
    path("v1/lots/<path:name>/where-used", queries.where_used_view, {"kind": "lots"}, name="lot-where-used"),
    path("v1/lots/<path:name>/label", labels.label, {"kind": "lots"}, name="lot-label"),
    path("v1/lots/<path:name>", queries.lot_view, name="lot"),
]

"""The description of labels and of print jobs."""

from typing import Any

from asbuilt.api.describing import (
    FORMAT,
    KEY,
    NAME,
    RESPONSE,
    answer,
    get,
    post,
    problem_refs,
    query_parameters,
    record_schema,
)

_LABEL_PARAMETERS = (
    ("template", "as `asbuilt label templates` lists them; unit, or lot for lots", {"type": "string"}),
    (
        "content",
        "what the symbol holds; auto: GS1 where a GTIN is known, else ISO/IEC 15434",
        {"enum": ["auto", "gs1", "digital-link", "iso15434"], "default": "auto"},
    ),
    ("format", "by default what Accept asks for, else svg", {"enum": ["svg", "pdf", "zpl"]}),
    ("dpi", "of the printer, for zpl", {"enum": ["203", "300", "600"], "default": "203"}),
    ("native", "let a ZPL printer make the symbols itself", {"type": "boolean", "default": False}),
)


def label_path(what: str) -> dict[str, Any]:
    """The label of a unit or lot."""
    kinds = ("image/svg+xml", "application/pdf", "text/plain")
    content = {kind: {"schema": {"type": "string"}} for kind in kinds}
    problems = (("400", "Malformed"), ("404", "NotFound"), ("409", "Ambiguous"), ("422", "NoLabel"))
    missing = ("501", "LabelsMissing")
    return {
        "get": {
            "summary": f"The label of a {what}; its symbols were read again after they were made",
            "parameters": [NAME, *query_parameters(*_LABEL_PARAMETERS)],
            "responses": {"200": {"description": "The label", "content": content}, **problem_refs(*problems, missing)},
        }
    }


def print_job_paths() -> dict[str, dict[str, Any]]:
    """Print jobs: asked for, sent again, settled."""
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    not_found, refused = {"$ref": RESPONSE + "NotFound"}, {"$ref": RESPONSE + "JobRefused"}
    listed = (
        ("open", "only those that wait for a printer or a person", {"type": "boolean", "default": False}),
        ("before", "`next` of the page before", {"type": "integer", "minimum": 1}),
        ("limit", "jobs on a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
        FORMAT,
    )
    printed = {
        "201": answer("The job, after an attempt to send it", "PrintJobView"),
        "404": not_found,
        "409": refused,
        "422": {"$ref": RESPONSE + "NoLabel"},
        "501": {"$ref": RESPONSE + "LabelsMissing"},
    }
    changed = {"200": answer("The job", "PrintJobView"), "404": not_found, "409": refused}
    wanted, again, said = (
        {"application/json": {"schema": record_schema(name)}} for name in ("PrintWanted", "RetryWanted", "Settlement")
    )
    one = get("A print job", record_schema("PrintJobView"), named=False)
    one["get"]["parameters"] = [number]
    one["get"]["responses"]["404"] = not_found
    at = "/api/v1/print-jobs"
    return {
        at: {
            **get("List print jobs", record_schema("PrintJobPage"), *listed, named=False, rows="PrintJobView"),
            **post("Print the label of a unit or lot", wanted, printed, KEY),
        },
        f"{at}/{{number}}": one,
        f"{at}/{{number}}/retry": post("Send a job again that failed or was given up", again, changed, number),
        f"{at}/{{number}}/settle": post("Say what became of a job that broke off", said, changed, number),
    }

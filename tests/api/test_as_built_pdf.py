"""The as-built record as PDF: what is attached, what is printed, and that the same record gives the same bytes."""

import io
from hashlib import sha256
from urllib.parse import quote

import pypdf
import pypdfium2
import pytest

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.production import OperationCompleted
from asbuilt.queries.naming import escaped
from tests.api.talk import body_of, problem

UNIT = "PUMP-200/1"
HOSTILE = '<script>alert("1")</script>#eval(1)$x$*b*_\\n' + "سلسلة" + "0123456789" * 14


@pytest.fixture(autouse=True)
def pump(world) -> None:
    world.units(UNIT, "PCB-10/7")
    world.captures(ComponentInstalled, UNIT, component="PCB-10/7", reference_designator="A1")
    world.captures(OperationCompleted, UNIT, operation="OP-010", station="ST-1", operator="ada")


def pdf_of(api, name: str, **query: str) -> bytes:
    answer = api.get(f"units/{name}/as-built", format="pdf", **query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return body_of(answer)


def texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def test_the_attachment_is_the_json_answer_byte_for_byte(viewer, world):
    then = world.now.isoformat()
    for query in ({}, {"at": then}):
        pdf, answer = pdf_of(viewer, UNIT, **query), body_of(viewer.get(f"units/{UNIT}/as-built", **query))
        read = pypdf.PdfReader(io.BytesIO(pdf))
        assert dict(read.attachments) == {"as-built.json": [answer]}
        xmp = read.trailer["/Root"]["/Metadata"].get_data()
        assert (b"<pdfaid:part>3<" in xmp, b"<pdfaid:conformance>B<" in xmp) == (True, True)
        assert read.trailer["/Root"]["/AF"][0].get_object()["/AFRelationship"] == "/Source"
        first = texts(pdf)[0]
        assert sha256(answer).hexdigest() in first.replace("\r\n", "")
        assert ("ACME:PCB-10/7" in first, "OP-010" in first, "page 1 of 1" in first) == (True, True, True)


def test_the_same_record_gives_the_same_bytes_and_accept_asks_for_it(viewer):
    asked = viewer.request("GET", f"units/{UNIT}/as-built", headers={"Accept": "application/pdf"})
    assert body_of(asked) == pdf_of(viewer, UNIT)
    problem(viewer.get("units/PUMP-200/none/as-built", format="pdf"), 404)


def test_a_hostile_serial_is_printed_as_it_is(viewer, world):
    world.unit(f"PUMP-200/{HOSTILE}")
    read = texts(pdf_of(viewer, quote(f"PUMP-200/{escaped(HOSTILE)}")))
    printed = "".join("".join(read).split())
    for piece in ('<script>alert("1")</script>#eval(1)$x$*b*_\\n', "0123456789" * 14):
        assert piece in printed


def test_a_misspelt_format_is_told_the_others(viewer):
    answer = viewer.get(f"units/{UNIT}/as-built", format="docx")
    assert "csv, ndjson, pdf" in problem(answer, 400)["detail"]

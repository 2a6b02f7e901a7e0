"""Labels by the command line. What stands on them is tested with the templates themselves."""

import pytest

from tests.cli.events import Events
from tests.exchange.labels.printers import closes_half_way, free_port, printer


@pytest.fixture
def labelled(cli):
    """A pump with a UDI, one without, one in a carton, and a lot of glue."""
    events = Events()
    events.add("PartDefined", part="PUMP-200", description="Infusion pump <controller>", tracking="serialized")
    events.add("PartDefined", part="GLUE-1", description="Glue", tracking="lot")
    events.add("UnitCommissioned", unit="PUMP-200/1", revision="C", expires_on="2031-01-31")
    events.add("UnitCommissioned", unit="PUMP-200/2")
    events.add("AliasAssigned", unit="PUMP-200/1", scheme="udi", value="(01)09521234543213(21)1")
    events.add("UnitPacked", unit="PUMP-200/1", container="095212340000000013")
    events.add("LotDefined", lot="GLUE-1/L7", quantity=5, uom="kg")
    cli.captures(events)
    return cli


def test_a_preview_as_svg_pdf_and_zpl(labelled, tmp_path):
    svg = labelled.run("label", "preview", "PUMP-200/1").stdout
    assert svg.startswith("<svg")
    assert "&lt;controller&gt;" in svg
    assert "(01)09521234543213 (17)310131" in svg
    file = tmp_path / "label.pdf"
    labelled.run("label", "preview", "PUMP-200/2", "--as", "pdf", "-o", file)
    assert file.read_bytes().startswith(b"%PDF-")
    zpl = labelled.run("label", "preview", "PUMP-200/1", "--template", "carton", "--as", "zpl", "--dpi", "300").stdout
    assert "^PW1260" in zpl
    assert "Lot L7" in labelled.run("label", "preview", "GLUE-1/L7", "--template", "lot").stdout


def test_what_is_marked_can_be_chosen(labelled):
    link = "--template", "unit-link", "--stem", "https://id.acme.example"
    assert "<svg" in labelled.run("label", "preview", "PUMP-200/1", *link).stdout
    shown = labelled.run("label", "preview", "PUMP-200/1", "--content", "iso15434", "--enterprise", "17V1ABC2").stdout
    assert "(17V)1ABC2 (1P)PUMP-200" in shown
    native = labelled.run("label", "preview", "PUMP-200/1", "--as", "zpl", "--native").stdout
    assert "^FD_10109521234543213" in native


def test_what_cannot_be_labelled_says_what_to_do(labelled):
    for arguments, code, said in (
        (("PUMP-200/2", "--content", "gs1"), 3, "assign an alias of scheme gtin or udi, give its part a gtin"),
        (("PUMP-200/2", "--template", "carton"), 3, "is not packed"),
        (("PUMP-200/2", "--template", "postcard"), 3, "there is no label template"),
        (("PUMP-200/9",), 1, "PUMP-200/9"),
        (("PUMP-200/1", "--enterprise", "9Z"), 2, "must be 17V"),
    ):
        assert said in labelled.run("label", "preview", *arguments, exits=code).stderr


def test_the_templates_are_listed(cli):
    names = [row["name"] for row in cli.json("label", "templates")["templates"]]
    assert names == ["unit", "unit-link", "part", "lot", "order", "carton"]
    assert "105 × 148" in cli.run("label", "templates").stdout


def test_labels_are_printed_and_recorded(labelled):
    with printer() as one:
        labelled.environment["ASBUILT_PRINTERS"] = f"LINE-3={one.url}?dpi=300, PACK=tcp://127.0.0.1:{free_port()}"
        run = labelled.run("label", "print", "PUMP-200/1", "PUMP-200/2", "--printer", "LINE-3")
        refused = labelled.run("label", "print", "PUMP-200/2", "--printer", "LINE-3", exits=3).stderr
        labelled.run("label", "print", "PUMP-200/2", "--printer", "LINE-3", "--reason", "label torn")
        labelled.run("label", "print", "GLUE-1/L7", "--template", "lot", "--printer", one.url, "--copies", "3")
    assert "job 1: label unit of ACME:PUMP-200/1 at LINE-3: printed\n" in run.stdout
    assert len(one.taken) == 4
    assert b"^PW600" in one.taken[0]
    assert "IDN-040" in refused
    assert len(labelled.json("label", "jobs", "--all")["print_jobs"]) == 4
    assert "print again with a reason" in refused
    assert "LabelPrinted" in labelled.run("history", "PUMP-200/1").stdout
    assert labelled.json("label", "jobs")["print_jobs"] == []
    assert [job["job"] for job in labelled.json("label", "jobs", "--all")["print_jobs"]] == [4, 3, 2, 1]


def test_several_labels_are_printed_together_or_not_at_all(labelled):
    with printer() as one:
        for names in (("PUMP-200/1", "PUMP-200/1"), ("PUMP-200/1", "PUMP-200/9")):
            labelled.run("label", "print", *names, "--printer", one.url, exits=3 if names[0] == names[1] else 1)
    assert one.taken == []
    assert labelled.json("label", "jobs", "--all")["print_jobs"] == []


def test_what_is_not_printed_is_listed_tried_again_and_settled(labelled):
    labelled.environment["ASBUILT_PRINTERS"] = f"LINE-3=tcp://127.0.0.1:{free_port()}"
    off = labelled.run("label", "print", "PUMP-200/1", "--printer", "LINE-3", exits=4)
    assert "job 1: label unit of ACME:PUMP-200/1 at LINE-3: failed: printer 127.0.0.1" in off.stdout
    assert "1 label is not printed; see `asbuilt label jobs`" in off.stderr
    assert "refused the connection" in labelled.run("label", "jobs").stdout
    with printer() as one:
        labelled.environment["ASBUILT_PRINTERS"] = f"LINE-3={one.url}"  # it was moved
        assert "printed" in labelled.run("label", "retry", "1").stdout
    with printer(closes_half_way) as bad:
        labelled.run("label", "print", "PUMP-200/2", "--printer", bad.url, exits=4)
    (job,) = labelled.json("label", "jobs")["print_jobs"]
    assert job["state"] == "unknown"
    assert "may be printed already" in labelled.run("label", "retry", job["job"], exits=3).stderr
    labelled.run("label", "settle", job["job"], "printed")
    assert labelled.json("label", "jobs")["print_jobs"] == []
    assert "is recorded" in labelled.run("label", "settle", job["job"], "not-printed", exits=3).stderr


def test_a_printer_that_is_not_set_up_is_named(labelled):
    for where, said in (
        ("LINE-9", "no printer is set up; name one in ASBUILT_PRINTERS"),
        ("http://10.0.0.7", "is no address of a printer; write tcp://HOST:PORT"),
        ("tcp://10.0.0.7?dpi=72", "it is one of 203, 300, 600"),
    ):
        assert said in labelled.run("label", "print", "PUMP-200/1", "--printer", where, exits=2).stderr
    assert "there is no print job 7 here" in labelled.run("label", "retry", "7", exits=1).stderr
    labelled.environment["ASBUILT_PRINTERS"] = "LINE-3"
    assert "ASBUILT_PRINTERS: 'LINE-3' names no printer" in labelled.run("label", "jobs", exits=2).stderr

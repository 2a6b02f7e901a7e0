"""Labels by the command line. What stands on them is tested with the templates themselves."""

import pytest

from tests.cli.events import Events


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
        (("PUMP-200/2", "--content", "gs1"), 3, "assign an alias of scheme gtin or udi"),
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

"""The builder of seeds: every way in which things are suspect is filled in, told in words, and taken out again."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from asbuilt.queries.recall.asking import seed_of, seeds_from
from asbuilt.web import recalls
from asbuilt.web.addresses import seeds_tried
from asbuilt.web.seeds import KINDS, built, told
from tests.web.looking import see

LOT = "CAP-100N/L2619"


def asked(kind: str, **values: str) -> dict[str, str]:
    return {"kind": kind, **{f"{kind}-{name}": value for name, value in values.items()}}


@pytest.mark.parametrize(
    ("kind", "values", "line"),
    [
        ("lot", {"lot": LOT}, f"lot={LOT}"),
        ("unit", {"unit": " 4500-117/IPC26-000317 "}, "unit=4500-117/IPC26-000317"),
        ("supplied", {"supplier_lot": "N 26", "supplier": "O'Neil"}, "supplier_lot='N 26' supplier='O'\"'\"'Neil'"),
        ("made", {"part": "PCB-10", "since": "2026-05-01T00:00"}, "part=PCB-10 since=2026-05-01T00:00"),
        ("worked", {"station": "SMT-1", "slot": "F12", "tool": ""}, "station=SMT-1 slot=F12"),
        ("measured", {"characteristic": "torque", "above": "5,2"}, "characteristic=torque above=5.2"),
        ("calibrated", {"tool": "TW-7"}, "tool=TW-7 since_calibration"),
        ("calibrated", {"tool": "  "}, ""),
        ("colour", {"colour": "red"}, ""),
    ],
)
def test_what_is_filled_in_is_the_seed_that_would_be_written(kind, values, line):
    assert built(asked(kind, **values)) == line
    if line:
        assert seeds_from([seed_of(line)], own_issuer="LYON")


def test_every_field_of_every_kind_is_one_of_a_seed():
    """Also with quotes and line breaks in it, which do not make another seed of it."""
    for kind in KINDS:
        for name in kind.fields:
            line = built(asked(kind.name, **{name: "a 'b'\nlot=x"}))
            assert "\n" not in line
            assert name in seed_of(line)


def test_a_seed_joins_those_there_are_and_is_told_in_words(reader):
    query = urlencode({"seeds": f"lot={LOT}", **asked("worked", station="SMT-1", since="2026-11-03T08:00")})
    answer = reader.get(f"/recall-scope?{query}")
    assert answer.status_code == 302
    lines = parse_qs(urlsplit(answer["Location"]).query)["seeds"][0].splitlines()
    assert lines == [f"lot={LOT}", "station=SMT-1 since=2026-11-03T08:00"]
    page = see(reader, answer["Location"])
    assert f"Lot {LOT}" in page.text
    assert "Station SMT-1 · Since (UTC) 2026-11-03 08:00" in page.text
    assert "units and lots" in page.text
    again = reader.get(f"/recall-scope?{urlencode({'seeds': lines[0], **asked('lot', lot=LOT)})}")
    assert parse_qs(urlsplit(again["Location"]).query)["seeds"] == [lines[0]]


def test_a_seed_is_taken_out_again(reader):
    lines = [f"lot={LOT}", "unit=4500-117/IPC26-000317"]
    page = see(reader, "/recall-scope?" + urlencode({"seeds": "\n".join(lines)}))
    for one, other in (lines, reversed(lines)):
        assert any(parse_qs(urlsplit(link).query).get("seeds") == [one] for link in page.links), other
    assert [seed["text"] for seed in told(["colour=red"])] == ["colour=red"]


def test_nothing_filled_in_is_said(reader):
    assert "Fill in at least one field of what you chose." in see(reader, "/recall-scope?kind=worked").text
    assert "Fill in at least one field" not in see(reader, "/recall-scope").text


def test_what_is_affected_is_turned_page_by_page_to_its_end(reader, monkeypatch):
    monkeypatch.setattr(recalls, "SHOWN", 7)
    address, seen = seeds_tried([f"lot={LOT}"]), []
    while address:
        page = see(reader, address)
        seen += [link for link in page.links if link.startswith(("/units/", "/lots/"))]
        (address,) = [link for link in page.links if "from=" in link] or [""]
    monkeypatch.setattr(recalls, "SHOWN", 1000)
    whole = see(reader, seeds_tried([f"lot={LOT}"]))
    assert len(seen) == len(set(seen)) > 7
    assert seen == [link for link in whole.links if link.startswith(("/units/", "/lots/"))]
    assert f"1 to {len(seen)} of {len(seen)}" in whole.text
    assert "of" in see(reader, f"{seeds_tried([f'lot={LOT}'])}&from=999999").text

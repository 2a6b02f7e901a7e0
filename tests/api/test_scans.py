"""GET /api/v1/scan."""

import pytest

from asbuilt.core.events.identity import AliasAssigned

UDI = "(01)09521234543213(21)A1"


@pytest.mark.parametrize("text", [UDI, "0109521234543213\x1d21A1", "https://id.gs1.org/01/09521234543213/21/A1"])
def test_a_scan_is_read_and_looked_up(world, api, text):
    world.unit("PUMP-200/A1")
    world.captures(AliasAssigned, "PUMP-200/A1", scheme="udi", value=UDI)
    found = api.json("scan", text=text)
    assert (found["input"], found["valid"], found["outcome"]) == (text, True, "known")
    assert found["elements"] == [{"id": "01", "value": "09521234543213"}, {"id": "21", "value": "A1"}]
    assert [match["name"] for match in found["matches"]] == ["ACME:PUMP-200/A1"]


def test_what_is_wrong_or_unknown_is_an_answer(api):
    assert api.json("scan", text=UDI)["outcome"] == "unknown"
    wrong = api.json("scan", text="(01)09521234543214")
    assert (wrong["outcome"], wrong["valid"]) == ("invalid", False)
    assert [error["code"] for error in wrong["errors"]] == ["check-digit"]
    assert api.json("scan", text="")["outcome"] == "invalid"


def test_without_a_text_the_request_is_not_understood(api):
    assert api.get("scan").status_code == 400
    assert api.get("scan", text="1", site="X").status_code == 400

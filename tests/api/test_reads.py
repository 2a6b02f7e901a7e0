"""POST /api/v1/reads: what RFID readers report, de-duplicated, is where units are."""

import pytest

from asbuilt.core.events.identity import AliasAssigned

TAG = "3074257BF7194E4000001A85"
EPC = "urn:epc:id:sgtin:0614141.812345.6789"
OTHER = "urn:epc:id:sgtin:0614141.812345.6790"


def read(epc, second, *, point="DOCK-1", antenna=1):
    return {"epc": epc, "read_point": point, "time": f"2026-03-02T07:00:{second:02}Z", "antenna": antenna}


@pytest.fixture
def tagged(world):
    """A unit with a tag."""
    world.part("PUMP-200", gtin="80614141123458")
    world.unit("PUMP-200/6789")
    return world


def passed(api, *reads, path="reads"):
    answer = api.post(path, {"reads": list(reads), "source": "GATE-1"})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_tag_seen_many_times_passed_once(tagged, api):
    reads = [read(TAG if n % 2 else TAG.lower(), n, antenna=n % 4) for n in range(30)]
    answer = passed(api, *reversed(reads), read(EPC, 31))
    (passing,) = answer["passings"]
    assert answer["reads"] == 31
    assert passing["count"] == 31
    assert passing["antennas"] == ["0", "1", "2", "3"]
    assert (passing["first"], passing["last"]) == ("2026-03-02T07:00:00Z", "2026-03-02T07:00:31Z")
    assert (passing["epc"], passing["unit"], passing["outcome"]) == (EPC, "ACME:PUMP-200/6789", "recorded")
    assert tagged.unit_view("PUMP-200/6789").location == "DOCK-1"


def test_while_it_stands_there_nothing_more_is_recorded(tagged, api):
    passed(api, read(TAG, 1))
    before = len(tagged.history("PUMP-200/6789"))
    assert passed(api, read(TAG, 1))["outcomes"] == {"unchanged": 1}
    assert passed(api, read(TAG, 9))["outcomes"] == {"unchanged": 1}
    assert len(tagged.history("PUMP-200/6789")) == before


def test_from_point_to_point_it_is_followed_in_order_of_time(tagged, api):
    answer = passed(api, read(TAG, 20, point="DOCK-2"), read(TAG, 1), read(TAG, 2), read(TAG, 21, point="DOCK-2"))
    assert [(one["read_point"], one["count"]) for one in answer["passings"]] == [("DOCK-1", 2), ("DOCK-2", 2)]
    assert tagged.unit_view("PUMP-200/6789").location == "DOCK-2"


def test_a_tag_is_also_known_by_the_epc_of_its_unit(world, api):
    world.unit("PUMP-200/A1")
    world.captures(AliasAssigned, "PUMP-200/A1", scheme="epc", value=OTHER)
    assert passed(api, read(OTHER, 1))["passings"][0]["unit"] == "ACME:PUMP-200/A1"


def test_what_is_unknown_or_broken_is_told_and_stops_nothing(tagged, api):
    answer = passed(api, read(OTHER, 1), read("3074257BF7194E4000001A8", 2), read("no tag", 3), read(TAG, 4))
    outcomes = {one["epc"]: one["outcome"] for one in answer["passings"]}
    assert outcomes[OTHER] == "unknown"
    assert outcomes[EPC] == "recorded"
    assert answer["outcomes"]["recorded"] == 1
    assert all(one["reason"] for one in answer["passings"] if one["outcome"] != "recorded")


def test_what_may_not_be_moved_is_refused_with_the_rule(tagged, api):
    from asbuilt.core.events.inventory import UnitShipped

    tagged.captures(UnitShipped, "PUMP-200/6789", customer="St. Anna")
    (passing,) = passed(api, read(TAG, 1))["passings"]
    assert passing["outcome"] == "refused"
    assert passing["reason"]


def test_it_can_be_asked_what_passed_without_recording(tagged, api):
    assert passed(api, read(TAG, 1), path="reads?record=false")["outcomes"] == {"known": 1}
    assert tagged.unit_view("PUMP-200/6789").location == ""


@pytest.mark.parametrize(
    "wrong",
    [{"time": "2026-03-02T07:00:00"}, {"read_point": ""}, {"read_point": "A\0"}, {"time": "yesterday"}, {"rssi": -40}],
)
def test_a_batch_that_cannot_be_understood_is_refused_whole(tagged, api, wrong):
    answer = api.post("reads", {"reads": [read(TAG, 1), read(TAG, 2) | wrong]})
    assert answer.status_code == 400
    assert tagged.unit_view("PUMP-200/6789").location == ""

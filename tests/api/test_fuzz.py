"""Whatever is sent, the answer is one a client can read: never a fault of ours, and a problem where it is not a success."""

import json
import os
import string
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asbuilt.api import urls
from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.event import Measurement
from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.core.events.production import OperationCompleted
from tests.api.examples import example, full_example
from tests.api.talk import NDJSON, body_of, escaped

SOAK = float(os.environ.get("ASBUILT_SOAK", "1"))
SMALL = settings(max_examples=150, suppress_health_check=list(HealthCheck))
LARGE = settings(max_examples=int(20_000 * SOAK), suppress_health_check=list(HealthCheck))

KNOWN_NAMES = ["PUMP-200/1", "ACME:PCB-10/7", "CAP-100N/L1", "1", "pump-200/ 1", "L1", "SUP:P/1"]
names = st.one_of(
    st.sampled_from(KNOWN_NAMES),
    st.text(min_size=1, max_size=40),
    st.text(alphabet="/%:#?&. \\'\"\0\x7f\u00a0\u2028ÄßİﬁA1", min_size=1, max_size=12),
    st.lists(st.sampled_from([*KNOWN_NAMES, "history", "record", "%2F", "..", ""]), min_size=1, max_size=4).map(
        "/".join
    ),
)
values = st.one_of(
    st.sampled_from(
        ["", "0", "1", "-1", "true", "json", "csv", "ndjson", "2026-03-02", "2026-03-02T06:00:00+14:00", "shipped"]
    ),
    st.integers().map(str),
    st.datetimes(timezones=st.sampled_from([None]) | st.timezones()).map(str),
    st.dates().map(str),
    st.text(max_size=30),
    st.text(alphabet=string.digits + ":.-+TZW ²٣", max_size=30),
)
PARAMETERS = ["q", "part_number", "work_order", "status", "location", "customer", "container", "limit", "after", "format",
              "at", "ever", "atomic"]  # fmt: skip
parameters = st.dictionaries(st.sampled_from(PARAMETERS), values, max_size=3)
FLOOR = ["part_number", "work_order", "operation", "station", "since", "until", "zone", "show", "format"]
OF_YIELD = ["group_by", "shifts", "last_operation", "stuck_after_h"]
OF_SPC = ["characteristic", "uom", "chart", "subgroup_size", "attempts", "moving", "rules", "baseline_since"]
words = st.sampled_from(
    ["day", "shift", "06:00", "23:59:59.5,00:00", "first", "all", "xbar-r", "2", "10", "nelson", "points", "Europe/Paris",
     "America/Los_Angeles", "/etc", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00", "PUMP-200", "OP-030", "GAP"]
)  # fmt: skip
accepts = st.sampled_from(["", "*/*", "text/csv", NDJSON, "application/json", "\x00", "é", "a" * 2000])

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
sound_events = st.builds(
    lambda kind, make: make(kind), st.sampled_from(EVENT_TYPES), st.sampled_from([example, full_example])
)


@st.composite
def bent_events(draw):
    """A sound event in which some fields hold something else, are missing, or are too many."""
    made = draw(sound_events)
    for key in draw(st.lists(st.sampled_from([*made, "site", "colour"]), max_size=2, unique=True)):
        if draw(st.booleans()):
            made.pop(key, None)
        else:
            made[key] = draw(anything)
    return made


@st.composite
def bent_bytes(draw):
    """The JSON of some events, cut, doubled or overwritten somewhere."""
    raw = bytearray(json.dumps(draw(st.lists(bent_events(), max_size=3))).encode())
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(raw)))
        raw[at : at + draw(st.integers(0, 5))] = draw(st.binary(max_size=5))
    return bytes(raw)


bodies = st.one_of(
    bent_events().map(json.dumps),
    st.lists(bent_events(), max_size=4).map(json.dumps),
    st.lists(bent_events(), max_size=4).map(lambda events: json.dumps({"events": events})),
    st.lists(bent_events(), max_size=4).map(lambda events: "\n".join(map(json.dumps, events))),
    anything.map(json.dumps),
    bent_bytes(),
    st.binary(max_size=200),
)
kinds = st.sampled_from(
    ["application/json", NDJSON, "text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data"]
)
issues = st.fixed_dictionaries(
    {"part_number": st.sampled_from(["PUMP-200", "PCB-10", "CAP-100N", "NONE"]) | st.text(max_size=20)},
    optional={
        "count": st.integers(-1, 3) | anything,
        "work_order": st.sampled_from(["", "WO-1"]) | anything,
        "revision": anything,
        "operator": st.text(max_size=300),
    },
)
keys = st.none() | st.text(alphabet=string.printable[:95], max_size=210)


@pytest.fixture
def plant(api, world):
    """Something for every question to find."""
    world.order("WO-1", part="PUMP-200")
    world.units("PUMP-200/1", "PCB-10/7")
    world.lot("CAP-100N/L1", quantity="10")
    world.captures(ComponentInstalled, "PCB-10/7", lot="CAP-100N/L1", quantity="1")
    world.captures(ComponentInstalled, "PUMP-200/1", component="PCB-10/7", reference_designator="A1")
    for value in ("1.5", "1E-30", "-2"):
        gap = Measurement(characteristic="GAP", value=Decimal(value))
        world.captures(OperationCompleted, "PUMP-200/1", operation="OP-030", measurements=(gap,))
    return api


def check(answer) -> None:
    raw = body_of(answer)
    assert answer.status_code < 500, raw
    if answer.status_code >= 400 and answer["Content-Type"] != "application/json":
        assert answer["Content-Type"] == "application/problem+json"
        assert json.loads(raw)["detail"]
    elif answer["Content-Type"] == "application/json":
        json.loads(raw)


def ask(api, route, name, wanted, accept) -> None:
    path = str(route.pattern).removeprefix("v1/").replace("<path:name>", escaped(name)).replace("<int:number>", "1")
    check(api.request("GET", path, query_params=wanted, headers={"Accept": accept}))


def send(api, body, kind, wanted) -> None:
    check(api.request("POST", "events", body, kind, query_params=wanted))


def issue(api, body, key) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    check(api.request("POST", "serials", json.dumps(body), headers=headers))


asking = given(route=st.sampled_from(urls.urlpatterns), name=names, wanted=parameters, accept=accepts)
sending = given(body=bodies, kind=kinds, wanted=st.just({}) | parameters)
issuing = given(body=issues, key=keys)


@SMALL
@asking
def test_questions(plant, route, name, wanted, accept):
    ask(plant, route, name, wanted, accept)


@SMALL
@given(wanted=st.dictionaries(st.sampled_from([*FLOOR, *OF_YIELD]), words | values, max_size=4))
def test_questions_about_yield(plant, wanted):
    check(plant.request("GET", "yield", query_params=wanted))


@SMALL
@given(wanted=st.dictionaries(st.sampled_from([*FLOOR, *OF_SPC]), words | values, max_size=4))
def test_questions_about_charts(plant, wanted):
    chart = {"part_number": "PUMP-200", "operation": "OP-030", "characteristic": "GAP", "attempts": "all"}
    check(plant.request("GET", "spc", query_params={**chart, **wanted}))


@SMALL
@sending
def test_captures(plant, body, kind, wanted):
    send(plant, body, kind, wanted)


@SMALL
@issuing
def test_issues(plant, body, key):
    issue(plant, body, key)


@pytest.mark.soak
@LARGE
@asking
def test_many_questions(plant, route, name, wanted, accept):
    ask(plant, route, name, wanted, accept)


@pytest.mark.soak
@LARGE
@sending
def test_many_captures(plant, body, kind, wanted):
    send(plant, body, kind, wanted)


@pytest.mark.soak
@LARGE
@issuing
def test_many_issues(plant, body, key):
    issue(plant, body, key)

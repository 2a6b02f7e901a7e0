from asbuilt.core.events.definitions import LotDefined, PartDefined, SerialProfileDefined, Tracking
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed, MaterialLoaded
from asbuilt.core.events.identity import (
    AliasAssigned,
    SerialNumberVoided,
    SerialRangeReserved,
    UnitCommissioned,
)
from asbuilt.core.events.inventory import UnitMoved, UnitReceived, UnitShipped
from asbuilt.core.events.quality import UnitScrapped
from tests.world import World, recorded


def test_IDN_001_unit_exists(world):
    world.unit("PUMP-200/1")
    world.captures(UnitMoved, "PUMP-200/1", location="CELL-4")
    assert world.refusals(UnitMoved, "PUMP-200/2", location="CELL-4") == ["IDN-001"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="PCB-10/7") == ["IDN-001"]


def test_IDN_001_unit_exists_names_every_unknown_unit(world):
    reason = world.reason(ComponentInstalled, "PUMP-200/2", component="PCB-10/7")
    assert "ACME:PUMP-200/2 and ACME:PCB-10/7" in reason
    assert "commission or receive it first" in reason


def test_IDN_002_lot_exists(world):
    world.unit("PUMP-200/1")
    world.lot("CAP/L1", quantity=10)
    world.captures(ComponentInstalled, "PUMP-200/1", lot="CAP/L1")
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="CAP/L2") == ["IDN-002"]
    assert world.refusals(MaterialConsumed, "GLUE/M1", lot="CAP/L1") == ["IDN-002"]
    assert "lot ACME:CAP/L2 is not known here" in world.reason(MaterialLoaded, "CAP/L2", station="SMT-1", slot="F01")


def test_IDN_003_serial_is_unique(world):
    world.unit("PUMP-200/1")
    world.unit("PUMP-200/2")
    world.unit("PCB-10/1")
    assert world.refusals(UnitCommissioned, "PUMP-200/1") == ["IDN-003"]
    assert world.refusals(UnitReceived, "PUMP-200/1") == ["IDN-003"]
    reason = world.reason(UnitCommissioned, "PUMP-200/1")
    assert "ACME:PUMP-200/1 exists since 2026-03-02 06:0" in reason
    assert "use the next number" in reason


def test_IDN_003_serial_is_unique_in_every_spelling(world):
    world.unit("PUMP-200/AB 12")
    for same in ("PUMP-200/ab12", " pump-200/AB12 ", "PUMP - 200/a b 1 2", "acme:PUMP-200/AB12"):
        assert world.refusals(UnitCommissioned, same) == ["IDN-003"]


def test_IDN_003_serial_is_unique_even_after_it_was_scrapped_or_shipped(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    world.captures(UnitScrapped, "PUMP-200/1", reason="dropped")
    world.captures(UnitShipped, "PUMP-200/2", customer="St. Anna")
    assert world.refusals(UnitCommissioned, "PUMP-200/1") == ["IDN-003"]
    assert world.refusals(UnitCommissioned, "PUMP-200/2") == ["IDN-003"]


def test_IDN_003_serial_is_unique_within_its_issuer(world):
    world.unit("PUMP-200/1")
    world.unit("OTHER:PUMP-200/1")
    assert world.refusals(UnitReceived, "OTHER:PUMP-200/1") == ["IDN-003"]


def test_IDN_004_part_is_serialized(world):
    for tracking in Tracking:
        world.part(f"P-{tracking.value}", tracking=tracking)
    world.captures(UnitCommissioned, "P-serialized/1")
    world.captures(UnitCommissioned, "P-serialized_and_lot/1")
    assert world.refusals(UnitCommissioned, "P-lot/1") == ["IDN-004"]
    assert world.refusals(UnitReceived, "P-counted/1") == ["IDN-004"]
    reason = world.reason(UnitCommissioned, "P-lot/1")
    assert "ACME:P-lot is tracked as lot" in reason
    assert "record the lot instead" in reason


def test_IDN_005_alias_is_new(world):
    world.unit("PUMP-200/1")
    world.unit("PUMP-200/2")
    world.captures(AliasAssigned, "PUMP-200/1", scheme="imei", value="49-015420-323751")
    world.captures(AliasAssigned, "PUMP-200/1", scheme="mac", value="00:1B:44:11:3A:B7")
    world.captures(AliasAssigned, "PUMP-200/2", scheme="imei", value="49-015420-323751")
    assert world.refusals(AliasAssigned, "PUMP-200/1", scheme="imei", value="49-015420-323751") == ["IDN-005"]
    reason = world.reason(AliasAssigned, "PUMP-200/2", scheme="imei", value="49-015420-323751")
    assert "ACME:PUMP-200/2 already bears imei 49-015420-323751" in reason
    assert "nothing is to be done" in reason


def test_IDN_005_alias_is_new_within_one_call(world):
    world.lot("CAP/L1")
    event = [
        world.event(AliasAssigned, "CAP/L1", scheme="supplier_lot", value="X9", issuer=issuer)
        for issuer in ("MURATA", "TDK", "MURATA")
    ]
    answers = world.submit(*event)
    assert [answer.outcome for answer in answers] == ["recorded", "recorded", "refused"]


def test_a_part_may_turn_from_serialized_to_lot_tracked_and_keep_its_units(world):
    world.unit("VALVE/1")
    world.captures(PartDefined, "VALVE", tracking=Tracking.LOT)
    assert world.refusals(UnitCommissioned, "VALVE/2") == ["IDN-004"]
    world.captures(LotDefined, "VALVE/L1")
    world.captures(UnitMoved, "VALVE/1", location="CELL-4")


def test_IDN_006_received_serial_fits_its_format(world):
    world.part("ALPISENS:SENSOR")
    world.captures(SerialProfileDefined, "ALPISENS:SENSOR", received_format="AS{year:2}-{number:5}{check:luhn}")
    world.captures(UnitReceived, "ALPISENS:SENSOR/AS26-000018")
    world.captures(UnitReceived, "ALPISENS:SENSOR/as26-000026")
    assert world.refusals(UnitReceived, "ALPISENS:SENSOR/AS26-000017") == ["IDN-006"]
    assert "its check character (luhn) is 7, calculated 8; check the scan" in world.reason(
        UnitReceived, "ALPISENS:SENSOR/AS26-000017"
    )
    assert "is not of the form AS{year:2}" in world.reason(UnitReceived, "ALPISENS:SENSOR/26-000018")


def profiles(world, unique_within, *parts, family=""):
    for part in parts:
        world.part(part)
        world.captures(SerialProfileDefined, part, unique_within=unique_within, part_family=family)


def test_IDN_007_serial_is_unique_in_its_scope(world):
    profiles(world, "site", "BADGE")
    world.units("PUMP-200/1", "PCB-10/1", "PUMP-200/2")
    assert world.refusals(UnitCommissioned, "BADGE/1") == ["IDN-007"]
    world.captures(UnitCommissioned, "BADGE/3")
    assert world.refusals(UnitReceived, "PUMP-200/3") == ["IDN-007"]
    assert "ACME:BADGE/3 bears it, and it is unique within the site; use the next number" in world.reason(
        UnitCommissioned, "PCB-10/ 3"
    )


def test_IDN_007_serial_is_unique_in_its_scope_of_a_family(world):
    profiles(world, "family", "PUMP-A", "PUMP-B", family="PUMPS")
    profiles(world, "part", "PUMP-C", family="pumps")
    profiles(world, "family", "FAN", family="FANS")
    world.captures(UnitCommissioned, "PUMP-A/1")
    world.captures(UnitCommissioned, "FAN/1")
    assert world.refusals(UnitCommissioned, "PUMP-B/1") == ["IDN-007"]
    assert world.refusals(UnitCommissioned, "PUMP-C/1") == ["IDN-007"]


def test_IDN_007_serial_is_unique_in_its_scope_within_one_call(world):
    profiles(world, "site", "BADGE")
    world.part("PUMP-200")
    events = [world.event(UnitCommissioned, name) for name in ("PUMP-200/1", "BADGE/1", "BADGE/2", "PUMP-200/2")]
    assert recorded(world.submit(*events)) == ["recorded", "IDN-007", "recorded", "IDN-007"]


def test_IDN_007_serial_is_unique_in_its_scope_among_all_sites(world, opened):
    neighbour = World(opened.database, opened.new_site())
    for plant in (world, neighbour):
        profiles(plant, "enterprise", "BADGE", "KEY")
    serial = f"E{world.site.site_id}"
    world.captures(UnitCommissioned, f"BADGE/{serial}")
    assert neighbour.refusals(UnitCommissioned, f"KEY/{serial}") == ["IDN-007"]
    assert "was given at another site" in neighbour.reason(UnitCommissioned, f"KEY/{serial}")
    neighbour.captures(UnitReceived, f"BADGE/{serial}")  # the very unit, sent from one site to the other


def test_IDN_007_serial_is_unique_in_its_scope_once_the_other_was_declared_wrong(world):
    profiles(world, "site", "BADGE")
    wrong = world.captures(UnitCommissioned, "BADGE/1")
    world.corrects(wrong)
    world.unit("PUMP-200/1")


def test_IDN_008_serial_is_given_where_mandatory(world):
    world.part("MOTOR", tracking="serialized_and_lot")
    world.unit("PUMP-200/1")
    world.captures(LotDefined, "MOTOR/L1")
    world.captures(SerialProfileDefined, "MOTOR", at_receipt="mandatory", at_build="mandatory")
    world.captures(LotDefined, "MOTOR/L2")
    assert world.refusals(LotDefined, "MOTOR/L3", quantity=10) == ["IDN-008"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", lot="MOTOR/L1") == ["IDN-008"]
    assert world.refusals(MaterialLoaded, "MOTOR/L1", station="SMT-1", slot="F01") == ["IDN-008"]
    reason = world.reason(ComponentInstalled, "PUMP-200/1", lot="MOTOR/L1")
    assert reason == "ACME:MOTOR is built in by serial number; scan the unit instead of the lot"
    world.captures(ComponentInstalled, "PUMP-200/1", lot="MOTOR/L1", evidence="declared")
    world.captures(UnitReceived, "MOTOR/7")
    world.captures(ComponentInstalled, "PUMP-200/1", component="MOTOR/7")


def test_IDN_009_serial_is_taken_here(world):
    world.part("MOTOR", tracking="serialized_and_lot")
    world.units("MOTOR/1", "MOTOR/2", "PUMP-200/1")
    world.captures(SerialProfileDefined, "MOTOR", at_receipt="refused", at_build="refused", at_shipment="refused")
    assert world.refusals(UnitReceived, "MOTOR/3") == ["IDN-009"]
    assert world.refusals(UnitShipped, "MOTOR/1", customer="St. Anna") == ["IDN-009"]
    assert world.refusals(ComponentInstalled, "PUMP-200/1", component="MOTOR/1") == ["IDN-009"]
    assert "ACME:MOTOR is built in without serial number; record the lot" in world.reason(
        ComponentInstalled, "PUMP-200/1", component="MOTOR/1"
    )
    world.captures(SerialProfileDefined, "MOTOR", at_receipt="refused")
    world.captures(ComponentInstalled, "PUMP-200/1", component="MOTOR/1")
    world.captures(UnitShipped, "MOTOR/2", customer="St. Anna")


def test_IDN_010_profile_fits_the_tracking(world):
    world.part("GLUE", tracking="lot")
    world.part("MOTOR", tracking="serialized_and_lot")
    world.captures(SerialProfileDefined, "MOTOR", at_build="mandatory")
    assert world.refusals(SerialProfileDefined, "GLUE", at_build="mandatory") == ["IDN-010"]
    assert "tracked as lot; define the part as serialized first" in world.reason(SerialProfileDefined, "GLUE")


def reserve(world, number, first, count=10, *, part="PUMP-200", told=False):
    fields = {"range_number": number, "kind": "printer", "holder": "P-3", "first_number": first, "count": count}
    ask = world.reason if told else world.captures
    return ask(SerialRangeReserved, part, **fields)


def test_IDN_011_range_is_new(world):
    world.part("PUMP-200", serial_format="P{number:3}")
    reserve(world, "R1", 1)
    reserve(world, "R2", 11)
    fields = {"range_number": "R1", "kind": "line", "holder": "L1", "first_number": 21, "count": 5}
    assert world.refusals(SerialRangeReserved, "PUMP-200", **fields) == ["IDN-011"]
    assert "range R1 of ACME:PUMP-200 exists, for P-3" in reserve(world, "R1", 21, told=True)


def test_IDN_012_range_numbers_are_free(world):
    world.part("PUMP-200", serial_format="P{number:3}")
    world.part("RANDOM", serial_format="{random:9}")
    world.part("GLUE", tracking="lot")
    reserve(world, "R1", 1)
    fields = {"range_number": "R2", "kind": "line", "holder": "L1", "first_number": 10, "count": 5}
    assert world.refusals(SerialRangeReserved, "PUMP-200", **fields) == ["IDN-012"]
    assert "number 10 of ACME:PUMP-200 was handed out; reserve from 11" in reserve(world, "R2", 10, told=True)
    assert "number 1000 outgrows P{number:3}; reserve up to 999" in reserve(world, "R2", 991, told=True)
    assert "cannot be known in advance" in reserve(world, "R1", 1, part="RANDOM", told=True)
    assert "tracked as lot" in reserve(world, "R1", 1, part="GLUE", told=True)
    reserve(world, "R2", 501)
    with world.database.writing(world.site) as writer:
        ((part_id,),) = writer.rows(
            "SELECT part_id FROM serial_range WHERE range_number = 'R2' AND site_id = $1", world.site.site_id
        )
        assert writer.take_numbers(part_id, 5) == 511


def test_IDN_013_number_is_used_once(world):
    world.part("PUMP-200", serial_format="P{week}-{number:3}")
    reserve(world, "R1", 1)
    world.captures(UnitCommissioned, "PUMP-200/P10-001")
    world.captures(UnitReceived, "PUMP-200/P11-002")
    assert world.refusals(UnitCommissioned, "PUMP-200/P11-001") == ["IDN-013"]
    assert world.refusals(SerialNumberVoided, "PUMP-200/P11-001", reason="torn") == ["IDN-013"]
    assert world.reason(UnitCommissioned, "PUMP-200/P12-002") == (
        "number 2 of range R1 is borne by ACME:PUMP-200/P11-002; use the next number"
    )
    world.captures(SerialNumberVoided, "PUMP-200/P10-003", reason="torn")
    assert "number 3 of range R1 was voided as ACME:PUMP-200/P10-003" in world.reason(
        UnitCommissioned, "PUMP-200/P11-003"
    )
    events = [world.event(UnitCommissioned, f"PUMP-200/P{week}-004") for week in (10, 11)]
    assert recorded(world.submit(*events)) == ["recorded", "IDN-013"]


def test_IDN_014_serial_is_not_void(world):
    world.part("PUMP-200")
    world.captures(UnitCommissioned, "PUMP-200/1")
    wrong = world.captures(SerialNumberVoided, "PUMP-200/2", reason="label torn")
    assert world.refusals(UnitCommissioned, "PUMP-200/2") == ["IDN-014"]
    assert world.refusals(UnitReceived, "pump-200/ 2") == ["IDN-014"]
    assert "was voided (label torn); destroy the label and use the next number" in world.reason(
        UnitCommissioned, "PUMP-200/2"
    )
    world.corrects(wrong)
    world.captures(UnitCommissioned, "PUMP-200/2")


def test_IDN_015_voided_serial_is_unused(world):
    world.unit("PUMP-200/1")
    world.captures(SerialNumberVoided, "PUMP-200/2", reason="label torn")
    assert world.refusals(SerialNumberVoided, "PUMP-200/1", reason="torn") == ["IDN-015"]
    assert world.refusals(SerialNumberVoided, "PUMP-200/2", reason="torn") == ["IDN-015"]
    assert "ACME:PUMP-200/1 exists since 2026-03-02 06:0" in world.reason(
        SerialNumberVoided, "PUMP-200/1", reason="torn"
    )
    events = [world.event(SerialNumberVoided, "PUMP-200/3", reason="torn") for _ in range(2)]
    assert recorded(world.submit(*events)) == ["recorded", "IDN-015"]

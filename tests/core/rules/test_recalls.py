"""What is called back is settled, told, decided and not used: REC-001 to REC-010."""

from datetime import timedelta
from decimal import Decimal

import pytest

from asbuilt.capture.capture import Submission
from asbuilt.core.events.genealogy import ComponentInstalled, MaterialConsumed, MaterialLoaded
from asbuilt.core.events.identity import UnitCommissioned
from asbuilt.core.events.inventory import UnitShipped
from asbuilt.core.events.recalls import (
    RecallClosed,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
    RecallScopeFrozen,
    RecallScopeListed,
    RecallSeed,
)
from asbuilt.core.identifiers.subjects import Part, lot_named, part_named, unit_named
from asbuilt.ledger.codec import captured
from asbuilt.queries.recall.report import report
from tests.world import ACTOR, START, World, recorded

DIGEST = "0" * 64


def lot_seed(name: str) -> RecallSeed:
    return RecallSeed(lot=lot_named(name, own_issuer="ACME"))


def units(*names: str):
    return tuple(unit_named(name, own_issuer="ACME") for name in names)


def opened(world: World, *seeds: RecallSeed, recall: str = "RC-1", **fields):
    return world.captures(RecallOpened, recall, reason="cracked", seeds=seeds, **fields)


@pytest.fixture
def called_back(world) -> World:
    """Lot L1 went into pumps 1 and 2; recall RC-1 of the lot lists them and the lot."""
    world.lot("CAP/L1", quantity=10)
    world.units("PUMP/1", "PUMP/2", "PUMP/3")
    for number in (1, 2):
        world.captures(ComponentInstalled, f"PUMP/{number}", lot="CAP/L1", quantity=1, reference_designator="C1")
    world.captures(UnitShipped, "PUMP/2", customer="St. Anna")
    opened(world, lot_seed("CAP/L1"))
    world.captures(
        RecallScopeListed, "RC-1", is_certain=True, units=units("PUMP/1", "PUMP/2"), lots=(lot_seed("CAP/L1").lot,)
    )
    return world


def refused(world: World, event_type, subject, **fields) -> tuple[list[str], str]:
    answer = world.refused(event_type, subject, **fields)
    return [one.rule for one in answer.broken], "; ".join(one.reason for one in answer.broken)


def told(world: World, number: str = "RC-1"):
    with world.database.reading(world.site) as reader:
        return report(reader, number)


def test_REC_001_recall_is_opened_once(world):
    world.lot("CAP/L1")
    opened(world, lot_seed("CAP/L1"))
    rules, reason = refused(world, RecallOpened, "RC-1", reason="again", seeds=(lot_seed("CAP/L1"),))
    assert rules == ["REC-001"]
    assert reason == "recall RC-1 was opened on 2026-03-02; give the new one a number of its own"
    world.captures(RecallOpened, "RC-2", reason="again", seeds=(lot_seed("CAP/L1"),))


def test_REC_002_recall_is_open(called_back):
    notice = {"customer": "St. Anna"}
    rules, reason = refused(called_back, RecallNoticeIssued, "RC-9", **notice)
    assert rules == ["REC-002"]
    assert reason == "recall RC-9 is not known; check the number, or open it first"
    called_back.captures(RecallNoticeIssued, "RC-1", **notice)
    called_back.captures(RecallClosed, "RC-1", reason="superseded by RC-2")
    rules, reason = refused(called_back, RecallNoticeIssued, "RC-1", **notice)
    assert rules == ["REC-002"]
    assert reason == "recall RC-1 was closed on 2026-03-02; open a new one"


def test_REC_003_recalled_things_exist(world):
    world.unit("PUMP/1")
    seed = RecallSeed(unit=units("PUMP/9")[0])
    rules, reason = refused(world, RecallOpened, "RC-1", reason="cracked", seeds=(seed,))
    assert rules == ["REC-003"]
    assert reason == "ACME:PUMP/9 is not known; check the number"
    world.captures(RecallOpened, "RC-1", reason="cracked", seeds=(RecallSeed(unit=units("PUMP/1")[0]),))
    listed = {"is_certain": True, "units": units("PUMP/1", "PUMP/8", "PUMP/9")}
    assert "ACME:PUMP/8 and 1 more is not known" in refused(world, RecallScopeListed, "RC-1", **listed)[1]


def test_REC_004_scope_is_what_was_listed(called_back):
    rules, reason = refused(
        called_back, RecallScopeFrozen, "RC-1", units=3, lots=1, certain=4, digest=DIGEST, meaning="approved"
    )
    assert rules == ["REC-004"]
    assert reason == "3 units and 1 lots, 4 certain, would be settled, and 2 and 1, 3 certain, are listed; count again"
    called_back.captures(RecallScopeFrozen, "RC-1", units=2, lots=1, certain=3, digest=DIGEST)
    assert told(called_back).status == "settled"
    assert told(called_back).digest_holds is False


def test_what_is_listed_twice_is_covered_once_and_becomes_certain(called_back):
    called_back.captures(RecallScopeListed, "RC-1", is_certain=False, units=units("PUMP/2", "PUMP/3"))
    assert (told(called_back).units, told(called_back).certain) == (3, 3)
    called_back.captures(RecallScopeListed, "RC-1", is_certain=True, units=units("PUMP/3"))
    assert (told(called_back).units, told(called_back).certain) == (3, 4)


def test_REC_005_answer_follows_a_notice(called_back):
    rules, reason = refused(called_back, RecallNoticeAnswered, "RC-1", customer="St. Anna")
    assert rules == ["REC-005"]
    assert reason == "no notice of recall RC-1 to St. Anna waits for an answer; check the customer"
    called_back.captures(RecallNoticeIssued, "RC-1", customer="St. Anna", reference="L-1")
    answer = called_back.captures(RecallNoticeAnswered, "RC-1", customer="St. Anna", note="one in use")
    (notice,) = told(called_back).notices
    assert (notice.reference, notice.note) == ("L-1", "one in use")
    called_back.corrects(answer)
    assert told(called_back).notices[0].answered_at is None


def test_REC_006_what_is_decided_is_in_the_scope(called_back):
    decided = {"recall": "RC-1", "disposition": "returned"}
    rules, reason = refused(called_back, RecallDispositioned, "PUMP/3", **decided)
    assert rules == ["REC-006"]
    assert reason == "ACME:PUMP/3 is not in the scope of recall RC-1; check the number"
    first = called_back.captures(RecallDispositioned, "PUMP/2", **decided)
    assert told(called_back).effectiveness == Decimal(1)
    rules, reason = refused(called_back, RecallDispositioned, "PUMP/2", **decided)
    assert reason == "ACME:PUMP/2 is returned already; if that is wrong, correct it"
    called_back.corrects(first)
    assert told(called_back).effectiveness == Decimal(0)
    called_back.captures(RecallDispositioned, "PUMP/2", recall="RC-1", disposition="lost")
    assert told(called_back).effectiveness == Decimal(0), "what is lost is not accounted for"
    called_back.captures(RecallDispositioned, "CAP/L1", recall="RC-1", disposition="destroyed")
    assert told(called_back).undecided == 1


def test_REC_007_recall_is_done(called_back):
    rules, reason = refused(called_back, RecallClosed, "RC-1")
    assert rules == ["REC-007"]
    assert reason == "the scope of recall RC-1 is not settled as it is listed; freeze it, or give a reason"
    called_back.captures(RecallScopeFrozen, "RC-1", units=2, lots=1, certain=3, digest=DIGEST)
    assert refused(called_back, RecallClosed, "RC-1")[1] == (
        "3 units and lots have no disposition; decide about them, or give a reason"
    )
    for name in ("PUMP/1", "PUMP/2", "CAP/L1"):
        called_back.captures(RecallDispositioned, name, recall="RC-1", disposition="destroyed")
    closing = called_back.captures(RecallClosed, "RC-1")
    assert told(called_back).status == "closed"
    called_back.corrects(closing)
    assert told(called_back).status == "settled"


def test_REC_008_what_a_recall_covers_stands(called_back):
    opening = opened(called_back, lot_seed("CAP/L1"), recall="RC-2")
    answer = called_back.correction_refused(opening)
    assert [one.rule for one in answer.broken] == ["REC-008"]
    assert answer.broken[0].reason == (
        "RecallOpened stays; close the recall with a reason, or clear what is not affected"
    )
    notice = called_back.captures(RecallNoticeIssued, "RC-1", customer="St. Anna")
    reply = called_back.captures(RecallNoticeAnswered, "RC-1", customer="St. Anna")
    assert "has answered it" in called_back.correction_refused(notice).broken[0].reason
    called_back.corrects(reply)
    called_back.corrects(notice)
    decided = called_back.captures(RecallDispositioned, "PUMP/1", recall="RC-1", disposition="cleared")
    closing = called_back.captures(RecallClosed, "RC-1", reason="superseded")
    assert "is closed" in called_back.correction_refused(decided).broken[0].reason
    called_back.corrects(closing)
    called_back.corrects(decided)


def test_REC_009_nothing_used_is_recalled(called_back):
    fitted = {"lot": "CAP/L1", "quantity": 1, "reference_designator": "C1"}
    rules, reason = refused(called_back, ComponentInstalled, "PUMP/3", **fitted)
    assert rules == ["REC-009"]
    assert reason == "ACME:CAP/L1 is called back (RC-1: cracked); keep it aside and ask quality"
    rules, reason = refused(called_back, UnitShipped, "PUMP/1", customer="St. Anna")
    assert rules == ["REC-009"]
    assert reason.startswith("ACME:CAP/L1 inside ACME:PUMP/1 is called back")
    assert refused(called_back, MaterialLoaded, "CAP/L1", station="S", slot="1")[0] == ["REC-009"]
    called_back.lot("MIX/M1")
    assert refused(called_back, MaterialConsumed, "MIX/M1", lot="CAP/L1", quantity=1)[0] == ["REC-009"]
    called_back.captures(UnitShipped, "PUMP/3", customer="St. Anna")
    called_back.captures(RecallClosed, "RC-1", reason="false alarm")
    called_back.captures(UnitShipped, "PUMP/1", customer="St. Anna")


def test_a_drill_stops_nothing(world):
    world.lot("CAP/L1", quantity=10)
    world.unit("PUMP/1")
    opened(world, lot_seed("CAP/L1"), is_drill=True)
    world.captures(ComponentInstalled, "PUMP/1", lot="CAP/L1", quantity=1)


def test_a_lot_of_the_supplier_that_arrives_later_is_stopped_as_well(world):
    world.lot("CAP/L1", supplier="Nichi", supplier_lot="N 77")
    world.unit("PUMP/1")
    opened(world, RecallSeed(supplier="NICHI", supplier_lot="n77"))
    world.lot("CAP/L2", supplier="Nichi", supplier_lot="N77")
    world.lot("CAP/L3", supplier="Other", supplier_lot="N77")
    for lot in ("CAP/L1", "CAP/L2"):
        assert world.refusals(ComponentInstalled, "PUMP/1", lot=lot, quantity=1) == ["REC-009"]
    world.captures(ComponentInstalled, "PUMP/1", lot="CAP/L3", quantity=1)


def test_units_of_a_part_are_recalled_by_when_they_came_into_being(world):
    world.units("PCB/1", "PUMP/1")
    later = START + timedelta(hours=5)
    world.captures(UnitCommissioned, "PCB/2", at=later)
    part: Part = part_named("PCB", own_issuer="ACME")
    opened(world, RecallSeed(part=part, since=START, until=later))
    assert world.refusals(ComponentInstalled, "PUMP/1", component="PCB/1") == ["REC-009"]
    world.captures(ComponentInstalled, "PUMP/1", component="PCB/2")


def test_REC_010_who_signs_gives_a_password(called_back):
    frozen = {"units": 2, "lots": 1, "certain": 3, "digest": DIGEST, "signed_by": "anna"}
    rules, reason = refused(called_back, RecallScopeFrozen, "RC-1", **frozen)
    assert rules == ["REC-010"]
    assert "anna has given no password for this" in reason
    event = called_back.event(RecallScopeFrozen, "RC-1", **frozen)
    for signed_by, answer in (("berta", "REC-010"), ("anna", "recorded")):
        (found,) = called_back.submit_all(Submission(events=(captured(event),), actor=ACTOR, signed_by=signed_by))
        assert recorded(found) == [answer]

"""What a bill of materials may look like."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from asbuilt.core.events.bills import ALTERNATING_MAX, BillLine, check_bill
from asbuilt.core.events.event import EventProblem
from asbuilt.core.identifiers.subjects import Part
from asbuilt.ledger.codec import text_of, values_from
from tests.world import START

PUMP, BOARD, SPARE = (Part("ACME", name) for name in ("PUMP-200", "PCB-10", "PCB-11"))
LINE = BillLine(item="10", part=BOARD, reference_designators=("A1",))
CHANGE = START + timedelta(days=1)


def test_lines_alternate_by_time_and_by_serial():
    for old, new in (
        ({"effective_until": CHANGE}, {"effective_from": CHANGE}),
        ({"serial_to": "S-100"}, {"serial_from": "S-101"}),
        ({"effective_until": CHANGE}, {"effective_from": CHANGE, "serial_from": "S-101"}),
    ):
        check_bill(PUMP, (replace(LINE, **old), replace(LINE, part=SPARE, **new)))


def test_a_line_holds_from_a_time_on_and_before_another():
    line = replace(LINE, effective_from=START, effective_until=CHANGE, serial_to="S-100")
    assert line.holds_for("S-1", START) is True
    assert line.holds_for("S-1", CHANGE) is False
    assert line.holds_for("S-101", START) is False
    assert line.holds_for("SAMPLE", START) is None
    # When the time says no already, nobody asks for the serial.
    assert line.holds_for("SAMPLE", CHANGE) is False


def test_lines_are_read_as_they_were_written():
    lines = (replace(LINE, alternates=(SPARE,), quantity=Decimal("1.50"), effective_until=CHANGE), LINE)
    assert values_from(BillLine, text_of(lines)) == lines


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((replace(LINE, item=""),), "item is empty"),
        ((replace(LINE, quantity=Decimal(0)),), "quantity of item 10 0 must be above zero"),
        ((replace(LINE, reference_designators=("A1", "A1")),), "holds an empty one, or one twice"),
        ((replace(LINE, reference_designators=("",)),), "holds an empty one, or one twice"),
        ((replace(LINE, alternates=(BOARD,)),), "alternates names ACME:PCB-10 or another part twice"),
        ((replace(LINE, effective_from=CHANGE, effective_until=CHANGE),), "item 10 would end before it begins"),
        ((replace(LINE, serial_from="S-1", serial_to="T-9"),), "item 10: serials S-1 and T-9 differ"),
        ((replace(LINE, serial_to="S-1"), replace(LINE, serial_from="T-2")), "of several series"),
        ((LINE, replace(LINE, item="20")), "reference designator A1 is on two lines"),
        ((LINE, replace(LINE, reference_designators=("A2",))), "item 10 is on two lines"),
        ((replace(LINE, serial_to="S-5"), replace(LINE, serial_from="S-5")), "item 10 is on two lines"),
        ((replace(LINE, alternates=(PUMP,)),), "item 10: ACME:PUMP-200 would be made of itself"),
        ((LINE,) * (ALTERNATING_MAX + 1), "item 10 is on 101 lines; at most 100 may alternate"),
    ],
)
def test_a_bill_that_cannot_be_is_refused(lines, told):
    with pytest.raises(EventProblem, match=told):
        check_bill(PUMP, lines)

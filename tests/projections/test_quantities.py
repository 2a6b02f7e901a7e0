"""Quantities are kept as whole millionths, so that sums are exact."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from asbuilt.core.events.genealogy import ComponentInstalled
from asbuilt.projections.projection import millionths, quantity_of
from tests.strategies import quantities


@given(quantities)
def test_a_quantity_is_kept_exactly(quantity):
    kept = millionths(quantity)
    assert isinstance(kept, int)
    assert quantity_of(kept) == quantity


@given(st.integers(1, 10**18))
def test_every_whole_number_of_millionths_is_a_quantity(kept):
    assert millionths(quantity_of(kept)) == kept


def test_nothing_is_nothing():
    assert millionths(None) is None
    assert quantity_of(None) is None


def test_quantities_are_shown_without_trailing_zeros():
    assert str(quantity_of(2_500_000)) == "2.5"
    assert str(quantity_of(3_000_000)) == "3"
    assert str(quantity_of(1)) == "0.000001"
    assert str(quantity_of(4_000_000_000_000)) == "4000000"


def test_a_hundred_small_uses_use_up_the_lot_exactly(world):
    world.part("PUMP-200")
    world.unit("PUMP-200/1")
    world.lot("GLUE/L1", quantity="0.7", uom="kg")
    uses = [world.event(ComponentInstalled, "PUMP-200/1", lot="GLUE/L1", quantity=Decimal("0.007")) for _ in range(101)]
    outcomes = [answer.outcome for answer in world.submit(*uses)]
    assert outcomes == ["recorded"] * 100 + ["refused"]

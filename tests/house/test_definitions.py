"""What is defined can be kept as files."""

from asbuilt.core.events.catalogue import EVENT_TYPES
from asbuilt.core.events.definitions import LotDefined
from asbuilt.core.events.event import Event
from asbuilt.exchange.definitions.kinds import KINDS

NOT_IN_FILES: dict[type[Event], str] = {
    LotDefined: "a lot arrives, is used up and is gone: that happens, and no file of a plant lists it",
}
"""Definitions that are no kind of `asbuilt definitions`, each with the reason."""


def test_every_definition_is_a_kind_in_files_or_says_why_not():
    defined = {one for one in EVENT_TYPES if one.__name__.endswith("Defined")}
    kinds = {kind.event_type for kind in KINDS}
    assert defined - kinds == set(NOT_IN_FILES)
    assert len(defined) > len(NOT_IN_FILES), "there are definitions"


def test_a_kind_is_of_one_event_type_and_one_section():
    assert len({kind.event_type for kind in KINDS}) == len({kind.section for kind in KINDS}) == len(KINDS)

"""Setup lists: DEF-016 and DEF-017."""

from decimal import Decimal

from asbuilt.core.events.definitions import SetupListDefined
from asbuilt.core.events.setups import SetupSlot
from asbuilt.core.identifiers.subjects import Part

CAP, GLUE = Part("ACME", "CAP"), Part("ACME", "GLUE")
LIST = {"station": "SMT-1", "slots": (SetupSlot(slot="F1", part=CAP, quantity=Decimal(4)),)}


def test_DEF_016_setup_list_is_new(world):
    world.part("CAP", tracking="lot")
    world.captures(SetupListDefined, "SU-1/1", **LIST)
    assert world.refusals(SetupListDefined, "su-1/1", **LIST) == ["DEF-016"]
    assert world.reason(SetupListDefined, "SU-1/1", **LIST) == (
        "setup list SU-1/1 exists and loads rely on it; define the change as a new revision"
    )
    defined = world.captures(SetupListDefined, "SU-1/2", **LIST)
    assert world.correction_refused(defined).broken[0].rule == "COR-003"


def test_DEF_017_what_a_setup_list_names_is_defined(world):
    assert world.refusals(SetupListDefined, "SU-1/1", **LIST) == ["DEF-017"]
    assert world.reason(SetupListDefined, "SU-1/1", **LIST) == (
        "slot F1: part ACME:CAP is not defined here; check it, or define the part first"
    )
    world.part("CAP", tracking="lot")
    assert world.refusals(SetupListDefined, "SU-1/1", part="PCB", **LIST) == ["DEF-017"]
    world.captures(SetupListDefined, "SU-1/1", **LIST)


def test_DEF_017_use_is_said_in_the_uom_of_the_part(world):
    world.part("GLUE", tracking="lot", uom="g")
    in_kilograms = {"station": "SMT-1", "slots": (SetupSlot(slot="G", part=GLUE, quantity=Decimal("0.1"), uom="kg"),)}
    assert world.refusals(SetupListDefined, "SU-1/1", **in_kilograms) == ["DEF-017"]
    assert world.reason(SetupListDefined, "SU-1/1", **in_kilograms) == (
        "slot G: ACME:GLUE is counted in g, the quantity is in kg; give it in g"
    )
    in_grams = {"station": "SMT-1", "slots": (SetupSlot(slot="G", part=GLUE, quantity=Decimal(100), uom="g"),)}
    world.captures(SetupListDefined, "SU-1/1", **in_grams)

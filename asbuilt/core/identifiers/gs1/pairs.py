"""What must hold between the elements of one message: the rules `ex` and `req` of the table, and some others.

Source: General Specifications, 4.13 and 4.14 (invalid pairs, mandatory associations).
The standard means all carriers on one item taken together. A reading knows only its own.
"""

from collections.abc import Collection, Sequence

from asbuilt.core.identifiers.gs1.application_identifiers import AIS, Ai
from asbuilt.core.identifiers.reading import Element, Fault

_SIGNATURE = "8030"
_SERIALISABLE = ("253", "255", "8003")  # keys whose serial number is a part of their own value, and optional


def faults_between(elements: Sequence[Element]) -> list[Fault]:
    """The broken rules, in the order of the elements. All ids are known AIs."""
    present = {element.id: element.value for element in reversed(elements)}
    faults = _repeated(elements, present) if len(present) != len(elements) else []
    for id_ in dict.fromkeys(element.id for element in elements):
        ai = AIS[id_]
        if not ai.excludes.isdisjoint(present):
            faults += _excluded(ai, present)
        if not all(_is_satisfied(rule, present) for rule in ai.requires):
            faults.append(Fault("ai-required", f"AI {id_} must come with AI {ai.required_text} (n means any digit)"))
    if _SIGNATURE in present:
        faults += _without_serial(present)
    return faults


def _repeated(elements: Sequence[Element], present: dict[str, str]) -> list[Fault]:
    """An AI may be read twice, from two carriers on one label, but then it must say the same."""
    differing = dict.fromkeys(element.id for element in elements if element.value != present[element.id])
    return [Fault("repeated-ai", f"AI {id_} is there more than once with different values") for id_ in differing]


def _excluded(ai: Ai, present: dict[str, str]) -> list[Fault]:
    return [
        Fault("ai-not-allowed", f"AI {ai.ai} and AI {other} are not allowed together")
        for other in present
        if other in ai.excludes
    ]


def _is_satisfied(groups: tuple[tuple[frozenset[str], ...], ...], present: Collection[str]) -> bool:
    for group in groups:
        for member in group:
            if member.isdisjoint(present):
                break
        else:
            return True
    return False


def _without_serial(present: dict[str, str]) -> list[Fault]:
    """A digital signature is of an individual, so keys that can carry a serial number must (AI 8030)."""
    return [
        Fault("serial-missing", f"AI {key} must have its serial number beside a digital signature (AI 8030)")
        for key in _SERIALISABLE
        if key in present and len(present[key]) == AIS[key].minimum
    ]

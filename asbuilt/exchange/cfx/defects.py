"""What tests and inspections found wrong with units: the defects and symptoms of CFX as defects of the record."""

from collections.abc import Iterator

from asbuilt.core.events.defects import DEFECTS_MAX, Defect, is_given_by_record
from asbuilt.core.identifiers.names import DefectNumber, ReferenceDesignator
from asbuilt.core.identifiers.text import NAME_MAX, TEXT_MAX
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.intake.values import name_in

_FALSE_CALLS = frozenset({"defectrejected", "defectaccepted", "falsecall", "falsefail", "falsedefect", "passed"})
"""DefectAccepted is a false call that the process is looked at for (CFX.Structures.VerificationResult)."""
_NOT_VERIFIED = frozenset({"", "notverifiedyet", "notverified"})
_CODES = ("DefectCode", "SymptomCode")
_CATEGORIES = ("DefectCategory", "SymptomCategory")
_NO_CODE = "unspecified"


def is_false_call(*nodes: Node) -> bool:
    """Whether the first of these that was verified was found to be a false call: the defect, its step, its unit."""
    for node in nodes:
        word = node.member("Verification").text().strip().lower()
        if word not in _NOT_VERIFIED:
            return word in _FALSE_CALLS
    return False


def findings_of(step: Node) -> Iterator[Node]:
    """The defects and symptoms of a test or inspection, whatever became of them."""
    for name in ("DefectsFound", "SymptomsFound", "Symptoms"):
        yield from step.member(name).items()


def related_measurements(step: Node) -> Iterator[Node]:
    """The measurements by which defects and symptoms were found."""
    for finding in findings_of(step):
        yield from finding.member("RelatedMeasurements").items()
        for symptom in finding.member("RelatedSymptoms").items():
            yield from symptom.member("RelatedMeasurements").items()


def defects_in(step: Node, unit: Node) -> Iterator[Defect]:
    """The defects of a test or inspection, without those that were verified as false calls."""
    for finding in findings_of(step):
        if not is_false_call(finding, step, unit):
            found = _defect(finding)
            if found is not None:
                yield found


def at_most(defects: list[Defect]) -> list[Defect]:
    """As many as an event holds: where there are more, those that say the same are told once, with their quantity."""
    if len(defects) <= DEFECTS_MAX:
        return defects
    counted: dict[tuple[str, str, str], Defect] = {}
    for one in defects:
        key = (one.code, one.position, one.component)
        before = counted.get(key)
        quantity = one.quantity if before is None else before.quantity + one.quantity
        note = one.note if before is None else before.note
        counted[key] = Defect(
            code=one.code, position=one.position, component=one.component, quantity=quantity, note=note
        )
    return list(counted.values())[:DEFECTS_MAX]


def _defect(finding: Node) -> Defect | None:
    """A defect or symptom; None when it says nothing at all. What has no place in it stays with the message."""
    said, category = finding.member(*_CODES).name(), finding.member(*_CATEGORIES).name()
    description = finding.member("Description").text().strip()
    places, parts = _components(finding)
    code = said or category or _as_code(description)
    number = _number(finding)
    if not (code or places or parts or number):
        return None
    note = [
        category if said else "",
        description if description != code else "",
        finding.member("Comments").text().strip(),
        finding.member("VerificationDetail").text().strip(),
        *map(_symptom, finding.member("RelatedSymptoms").items()),
    ]
    return Defect(
        code=code or _NO_CODE,
        position=ReferenceDesignator(_listed(places)),
        component=_listed(parts),
        note="; ".join(dict.fromkeys(word for word in note if word and word != code))[:TEXT_MAX].strip(),
        number=number,
    )


def _components(finding: Node) -> tuple[list[str], list[str]]:
    """The reference designators, and the part numbers, of the components a finding is about."""
    components = [finding.member("ComponentOfInterest"), *finding.member("ComponentsOfInterest").items()]
    places = [component.member("ReferenceDesignator").name() for component in components]
    parts = [component.member("PartNumber").name() for component in components]
    return [one for one in places if one], [one for one in parts if one]


def _listed(names: list[str]) -> str:
    """Names in one, as CFX lists them: `R1,R2`; the first of them when that is too long."""
    different = list(dict.fromkeys(names))
    together = ",".join(different)
    return together if len(together) <= NAME_MAX else different[0]


def _as_code(description: str) -> str:
    return name_in(" ".join(description.split())[:NAME_MAX]) or ""


def _number(finding: Node) -> DefectNumber:
    """What the machine calls this one defect, for repairs to name it by; '' for what names nothing."""
    name = finding.member("UniqueIdentifier").name()
    is_nothing = not name.strip("0-") or is_given_by_record(name)
    return DefectNumber("" if is_nothing else name)


def _symptom(symptom: Node) -> str:
    words = (symptom.member(*_CODES).name(), symptom.member("Description").text().strip())
    return " ".join(word for word in words if word)

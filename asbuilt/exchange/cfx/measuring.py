"""Measurements of tests, inspections and processes, with the limits that came with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from asbuilt.core.events.event import EventProblem, Measurement
from asbuilt.core.identifiers.names import Uom
from asbuilt.core.identifiers.text import NAME_MAX
from asbuilt.exchange.cfx.findings import Findings
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.intake.findings import Concern, quoted
from asbuilt.ledger.values import check_decimal

_ABOUT_IT = frozenset(
    {
        "$type",
        "uniqueidentifier",
        "measurementname",
        "measurementtype",
        "timerecorded",
        "sequence",
        "readingsequence",
        "unitpositionnumber",
    }
)
_TEXTS = frozenset({"string", "text"})
_BAD = frozenset({"failed", "fail"})
_PREFIXES = {
    "p": -12,
    "n": -9,
    "u": -6,
    "\u00b5": -6,
    "\u03bc": -6,
    "m": -3,
    "c": -2,
    "d": -1,
    "k": 3,
    "K": 3,
    "M": 6,
    "G": 9,
}
_SPELLINGS = {
    "ohms": "ohm",
    "\u2126": "ohm",  # the sign
    "\u03a9": "ohm",  # the letter
    "volt": "V",
    "volts": "V",
    "ampere": "A",
    "amperes": "A",
    "amp": "A",
    "amps": "A",
    "watt": "W",
    "watts": "W",
    "farad": "F",
    "hertz": "Hz",
    "gram": "g",
    "gramm": "g",
    "grams": "g",
    "meter": "m",
    "metre": "m",
    "second": "s",
    "seconds": "s",
    "sec": "s",
}
_BASES = frozenset({"ohm", "V", "A", "W", "F", "Hz", "g", "m", "s", "H", "J", "N", "Pa", "l", "L"})
_WORD = re.compile("[A-Za-z\u00b5\u03bc\u2126\u03a9]+")


@dataclass(frozen=True, slots=True)
class _Limits:
    uom: str = ""
    nominal: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None


def measurements_in(node: Node, prefix: str, findings: Findings) -> Iterator[Measurement]:
    """A measurement of a test or inspection. prefix: its name, for what has no name of its own."""
    yield from _measured(node, prefix, 1, findings)


def reading_in(node: Node, findings: Findings) -> Iterator[Measurement]:
    """A reading that was recorded, and that it was found bad, when it was."""
    value = node.member("Value")
    name = _name(node, "", "reading")
    if node.member("ValueDataType").text().lower() in _TEXTS and value:
        text = value.text()
        found = [Measurement(characteristic=name, text=text)] if text else []
    else:
        found = list(_measured(node, "", 1, findings))
    yield from found
    if found and node.member("Result").text().lower() in _BAD:
        yield Measurement(characteristic=f"{name} result"[-NAME_MAX:].strip(), passed=False)


def _measured(node: Node, prefix: str, number: int, findings: Findings) -> Iterator[Measurement]:
    kind = node.kind()
    name = _name(node, prefix, kind or f"measurement {number}")
    value = node.member("MeasuredValue", "ActualValue", "ReadingValue", "Value")
    found: Measurement | None = None
    if isinstance(value.value, dict):
        found = _numeric(name, value.member("Value"), _limits(value, findings))
    elif value:
        found = _plain(name, node, value, findings)
    if found is not None:
        yield found
    else:
        yield from _by_member(name, node)


def _name(node: Node, prefix: str, otherwise: str) -> str:
    own = node.member("MeasurementName", "MeasurementType", "ReadingType", "ReadingIdentifier", "Name").name()
    where = node.member("CRDs").text() or " ".join(
        name for one in node.member("Components").items() if (name := one.member("ReferenceDesignator").name())
    )
    parts = [own or " ".join(part for part in (prefix, otherwise) if part)]
    if where and where not in parts[0]:
        parts.append(where)
    return " ".join(parts)[:NAME_MAX].strip()


def _plain(name: str, node: Node, value: Node, findings: Findings) -> Measurement | None:
    """A value that stands beside its limits."""
    if isinstance(value.value, bool):
        expected = node.member("ExpectedValue").truth()
        truth = value.truth()
        if expected is None:
            return Measurement(characteristic=name, text=str(truth).lower())
        return Measurement(characteristic=name, passed=truth == expected)
    if value.number() is not None:
        return _numeric(name, value, _limits(node, findings))
    text = value.text()
    return Measurement(characteristic=name, text=text) if text else None


def _by_member(name: str, node: Node) -> Iterator[Measurement]:
    """Every number of a measurement that has several: with `E` before its name it is the expected one of them."""
    names = {key for key, _ in node.members()}
    for key, member in node.members():
        is_expected = key.startswith("E") and key[1:] in names
        if key.lower() in _ABOUT_IT or is_expected or not isinstance(member.value, int | Decimal):
            continue
        nominal = node.member(f"E{key}").number() if f"E{key}" in names else None
        found = _numeric(f"{name} {key}"[-NAME_MAX:].strip(), member, _Limits(nominal=_checked(nominal)))
        if found is not None:
            yield found


def _numeric(name: str, value: Node, limits: _Limits) -> Measurement | None:
    number = value.number()
    if number is None or _checked(number) is None:
        text = value.text()
        return Measurement(characteristic=name, text=text) if text else None
    return Measurement(
        characteristic=name,
        value=number,
        uom=Uom(limits.uom),
        nominal=limits.nominal,
        lower_limit=limits.lower,
        upper_limit=limits.upper,
    )


def _checked(number: Decimal | None) -> Decimal | None:
    try:
        check_decimal(number, what="value")
    except EventProblem:
        return None
    return number


def _limits(node: Node, findings: Findings) -> _Limits:
    """The limits beside a value, in the unit of measure of the value.

    The standard lets a value come in ohms and its limits in kilohms. Limits whose unit cannot be turned into that of
    the value are left out, with a warning: taken as they are, they would make good units bad and bad ones good.
    """
    uom = node.member("ValueUnits", "Units").name()
    theirs = node.member("ExpectedValueUnits").name() or uom
    members = (
        (node.member("ExpectedValue"), theirs),
        (
            node.member("MinimumAcceptableValue", "MinAcceptableValue"),
            node.member("MinimumAcceptableValueUnits").name() or theirs,
        ),
        (
            node.member("MaximumAcceptableValue", "MaxAcceptableValue", "MaxumumAcceptableValue"),
            node.member("MaximumAcceptableValueUnits").name() or theirs,
        ),
    )
    values = [_in_uom(member, unit, uom, findings) for member, unit in members]
    nominal, lower, upper = values
    if lower is not None and upper is not None and lower > upper:
        findings.warn(node.place, Concern.QUANTITY, f"the lower limit {lower} is above the upper one {upper}; left out")
        lower = upper = None
    return _Limits(uom, nominal, lower, upper)


def _in_uom(node: Node, unit: str, uom: str, findings: Findings) -> Decimal | None:
    number = _checked(node.number())
    if number is None or unit == uom:
        return number
    steps = _steps_between(unit, uom)
    if steps is None:
        reason = f"{number} {unit} cannot be compared with a value in {quoted(uom)}; kept with the message only"
        findings.warn(node.place, Concern.QUANTITY, reason)
        return None
    return _checked(number.scaleb(steps))


def _steps_between(one: str, other: str) -> int | None:
    """By which power of ten a number in one unit is multiplied to be in the other; None when that is not known."""
    first, second = _decimal_unit(one), _decimal_unit(other)
    if first is None or second is None or first[0] != second[0]:
        return None
    return first[1] - second[1]


def _decimal_unit(text: str) -> tuple[str, int] | None:
    """The base unit and the power of ten of its prefix: kOhm is (ohm, 3)."""
    if not _WORD.fullmatch(text):
        return None
    for prefix, power in (("", 0), *_PREFIXES.items()):
        base = text.removeprefix(prefix)
        if not text.startswith(prefix) or not base:
            continue
        plain = _SPELLINGS.get(base.lower(), _SPELLINGS.get(base, base.lower() if base.lower() == "ohm" else base))
        if plain in _BASES:
            return plain, power
    return None


_LABELS = ("StageName", "ZoneName", "SubZone", "CleaningStepType", "MeasurementName", "Name", "StepName")
_READINGS = ("ReadingType", "MeasurementType", "SetpointType")


def readings_in(node: Node, path: str, findings: Findings) -> Iterator[Measurement]:
    """Every number of the data of a process, whatever its type, named by where it stands."""
    if isinstance(node.value, dict):
        node.kind()
        type_name = next((name for name in _READINGS if node.member(name).name()), "")
        if type_name and node.member("ReadingValue", "ActualValue", "Setpoint"):
            yield from _reading(node, path, type_name, findings)
            return
        for key, member in node.members():
            if key.lower() not in _ABOUT_IT:
                yield from readings_in(member, _joined(path, key), findings)
    elif isinstance(node.value, list):
        for number, element in enumerate(node.items(), start=1):
            label = _label(element) or str(number)
            yield from readings_in(element, _joined(path, label), findings)
    elif isinstance(node.value, int | Decimal) and not isinstance(node.value, bool):
        found = _numeric(path or "value", node, _Limits())
        if found is not None:
            yield found


def _reading(node: Node, path: str, type_name: str, findings: Findings) -> Iterator[Measurement]:
    setpoint = node.member("Setpoint")
    words = [node.member(type_name).name(), "setpoint" if setpoint else ""]
    name = _joined(path, " ".join(word for word in words if word))
    limits = _Limits() if setpoint else _limits(node, findings)
    found = _numeric(name, setpoint or node.member("ReadingValue", "ActualValue"), limits)
    if found is not None:
        yield found


def _label(element: Node) -> str:
    for name in _LABELS:
        found = element.member(name).name() or element.member("Zone").member(name).name()
        if found:
            return found
    return ""


def _joined(path: str, name: str) -> str:
    return f"{path} {name}".strip()[-NAME_MAX:].strip()

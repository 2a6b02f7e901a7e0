"""What may be written for a field, from the event's own type hints; and what a file gives for it, field by field."""

import dataclasses
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from asbuilt.core.identifiers.subjects import Lot, Part, Unit
from asbuilt.exchange.definitions.nodes import Faults, Mapping, Node, Scalar, Sequence, did_you_mean

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


class Form(Enum):
    """What a field holds; the value is how that is called in a fault."""

    TEXT = "a text"
    WHOLE = "a whole number"
    DECIMAL = "a number written with digits and a point"
    YES_NO = "true or false"
    DATE = "a day: 2026-03-31"
    MOMENT = "a time with its zone: 2026-03-31T06:00:00+02:00"
    CHOICE = "one of several words"
    LIST = "a list"
    RECORD = "a mapping of fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of an event or of a value in it. of: what a list holds. fields: of a record.

    has_issuer: whether it is a name within an issuer, which may be left out for the site's own.
    """

    name: str
    form: Form
    is_required: bool = False
    has_issuer: bool = False
    choices: tuple[str, ...] = ()
    of: "Field | None" = None
    fields: tuple["Field", ...] = ()


_FIELDS: dict[type, tuple[Field, ...]] = {}


def fields_of(record: type) -> tuple[Field, ...]:
    """The fields of an event type or of a value type, in order."""
    if record not in _FIELDS:
        hints = typing.get_type_hints(record)
        _FIELDS[record] = tuple(
            _field(one.name, hints[one.name], is_required=one.default is dataclasses.MISSING)
            for one in dataclasses.fields(record)
        )
    return _FIELDS[record]


_FORMS: dict[object, Form] = {
    bool: Form.YES_NO,
    int: Form.WHOLE,
    Decimal: Form.DECIMAL,
    date: Form.DATE,
    datetime: Form.MOMENT,
}


def _field(name: str, hint: Any, *, is_required: bool) -> Field:  # noqa: ANN401 - a type hint may be anything
    bare = next((one for one in typing.get_args(hint) if _is_optional(hint) and one is not type(None)), hint)
    if typing.get_origin(bare) is tuple:
        inner = _field(name, typing.get_args(bare)[0], is_required=True)
        return Field(name=name, form=Form.LIST, is_required=is_required, of=inner)
    if isinstance(bare, type) and dataclasses.is_dataclass(bare):
        return Field(name=name, form=Form.RECORD, is_required=is_required, fields=fields_of(bare))
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        choices = tuple(one.value for one in bare)
        return Field(name=name, form=Form.CHOICE, is_required=is_required, choices=choices)
    has_issuer = bare in (Part, Unit, Lot)
    return Field(name=name, form=_FORMS.get(bare, Form.TEXT), is_required=is_required, has_issuer=has_issuer)


def _is_optional(hint: Any) -> bool:  # noqa: ANN401 - a type hint may be anything
    return type(None) in typing.get_args(hint)


_PATTERNS = {
    Form.WHOLE: re.compile(r"-?\d{1,15}", re.ASCII),
    Form.DECIMAL: re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII),
    Form.YES_NO: re.compile(r"true|false"),
    Form.DATE: re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    Form.MOMENT: re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", re.ASCII),
}
_SHOWN_MAX = 60


def record(node: Mapping, fields: tuple[Field, ...], where: str, faults: Faults) -> dict[str, Json]:
    """The values of a mapping as JSON holds them; every field that is unknown, missing or no such value is a fault."""
    known = {one.name: one for one in fields}
    values: dict[str, Json] = {}
    for name, inner in node.items.items():
        if name not in known:
            reason = f"there is no field {name} here; {did_you_mean(name, list(known))}"
            faults.note(node.lines[name], f"{where}.{name}", reason)
        elif not (isinstance(inner, Scalar) and inner.is_nothing):
            values[name] = _value(inner, known[name], f"{where}.{name}", faults)
    for one in fields:
        if one.is_required and one.name not in values:
            faults.note(node.line, f"{where}.{one.name}", f"is missing; give {one.form.value}")
    return values


def _value(node: Node, wanted: Field, where: str, faults: Faults) -> Json:
    if wanted.form is Form.LIST:
        if not isinstance(node, Sequence):
            faults.note(node.line, where, "is a list; write [A, B], or a line with a dash for each")
            return []
        assert wanted.of is not None, "a list is of something"
        inner = wanted.of
        return [_value(one, inner, f"{where}[{index}]", faults) for index, one in enumerate(node.items)]
    if wanted.form is Form.RECORD:
        if isinstance(node, Mapping):
            return record(node, wanted.fields, where, faults)
        faults.note(node.line, where, f"is {wanted.form.value}: {', '.join(one.name for one in wanted.fields[:3])} …")
        return {}
    if not isinstance(node, Scalar):
        faults.note(node.line, where, f"is {wanted.form.value}, not several values")
        return None
    return _single(node, wanted, where, faults)


def _single(node: Scalar, wanted: Field, where: str, faults: Faults) -> Json:
    text = node.text
    if wanted.form is Form.CHOICE and text not in wanted.choices:
        faults.note(node.line, where, f"{_shown(text)} is not known here; {did_you_mean(text, list(wanted.choices))}")
        return None
    pattern = _PATTERNS.get(wanted.form)
    if pattern is not None and not pattern.fullmatch(text):
        faults.note(node.line, where, f"{_shown(text)} is not {wanted.form.value}")
        return None
    return _AS_JSON.get(wanted.form, str)(text)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…")


_AS_JSON: dict[Form, Callable[[str], Json]] = {Form.WHOLE: int, Form.YES_NO: lambda text: text == "true"}

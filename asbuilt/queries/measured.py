"""What was measured when an operation was completed, read from the recorded bytes and from nothing else of them.

`stored_event` builds and checks the whole event; over millions of results that is most of the time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from asbuilt.core.events.event import Characteristic
from asbuilt.core.identifiers.text import normal_form
from asbuilt.ledger.database import Reader
from asbuilt.projections.definitions import characteristics_from
from asbuilt.queries.as_built import SPECIFICATIONS


class Taken(msgspec.Struct):
    """A measurement as it is recorded, with the limits it was taken under."""

    characteristic: str
    value: Decimal | None = None
    text: str = ""
    passed: bool | None = None
    uom: str = ""
    nominal: Decimal | None = None
    lower_limit: Decimal | None = None
    upper_limit: Decimal | None = None
    resolution: Decimal | None = None
    """As the specification has it; a measurement in full tells none."""


class Found(msgspec.Struct, frozen=True):
    """A defect as it is recorded."""

    code: str
    position: str = ""
    quantity: int = 1


class Completed(msgspec.Struct):
    """What counts here of an OperationCompleted event."""

    specification: str = ""
    defect: str = ""
    defects: tuple[Found, ...] = ()
    values: tuple[msgspec.Raw, ...] = ()
    measurements: tuple[Taken, ...] = ()

    def packed(self, known: Iterable[Characteristic]) -> Iterator[tuple[Characteristic, Decimal]]:
        """The values of a specification with the characteristics that they are of; what has no value is left out."""
        for characteristic, raw in zip(known, self.values, strict=False):
            value = _VALUE.decode(raw)
            if value is not None:
                yield characteristic, value


@dataclass(frozen=True, slots=True)
class _Packed:
    """Where a characteristic stands in the values of a specification."""

    place: int
    characteristic: Characteristic


_COMPLETED = msgspec.json.Decoder(Completed)
_VALUE = msgspec.json.Decoder(Decimal | None)


def completed(payload: bytes) -> Completed:
    """The recorded bytes of an OperationCompleted event."""
    return _COMPLETED.decode(payload)


class Specifications:
    """The specifications of a site, read when they are first met. One never changes: a change is a new one."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, tuple[Characteristic, ...]] = {}

    def characteristics(self, specification: str) -> tuple[Characteristic, ...]:
        """The characteristics of a specification in order; none when its definition was declared wrong."""
        found = self._known.get(specification)
        if found is None:
            rows = self._reader.rows(SPECIFICATIONS, self._reader.site.site_id, [normal_form(specification)])
            found = self._known[specification] = tuple(characteristics_from(rows[0][1])) if rows else ()
        return found


class Measured:
    """Takes the results of one characteristic from recorded events."""

    def __init__(self, reader: Reader, characteristic: str) -> None:
        self._characteristic = characteristic
        self._specifications = Specifications(reader)
        self._packed: dict[str, _Packed | None] = {}

    def of(self, found: Completed) -> Iterator[Taken]:
        """What was measured of the characteristic, first in full, then packed."""
        for one in found.measurements:
            if one.characteristic == self._characteristic:
                yield one
        packed = self._place_in(found.specification) if found.specification else None
        if packed is not None and packed.place < len(found.values):
            value = _VALUE.decode(found.values[packed.place])
            if value is not None:
                limits = packed.characteristic
                yield Taken(
                    characteristic=limits.characteristic,
                    value=value,
                    uom=limits.uom,
                    nominal=limits.nominal,
                    lower_limit=limits.lower_limit,
                    upper_limit=limits.upper_limit,
                    resolution=limits.resolution,
                )

    def names(self, found: Completed) -> Iterable[str]:
        """The characteristics that an event tells of."""
        yield from (one.characteristic for one in found.measurements)
        if found.specification:
            yield from (one.characteristic for one in self._specifications.characteristics(found.specification))

    def _place_in(self, specification: str) -> _Packed | None:
        if specification not in self._packed:
            places = enumerate(self._specifications.characteristics(specification))
            found = (_Packed(place, one) for place, one in places if one.characteristic == self._characteristic)
            self._packed[specification] = next(found, None)
        return self._packed[specification]


def first_outside(found: Completed, specifications: Specifications) -> str:
    """The first characteristic of an event that was outside its limits, or failed; '' when none was."""
    for one in found.measurements:
        limits = Characteristic(
            characteristic=one.characteristic, lower_limit=one.lower_limit, upper_limit=one.upper_limit
        )
        if one.passed is False or (one.value is not None and not limits.is_met_by(one.value)):
            return one.characteristic
    known = specifications.characteristics(found.specification) if found.specification else ()
    for limits, value in found.packed(known):
        if not limits.is_met_by(value):
            return limits.characteristic
    return ""

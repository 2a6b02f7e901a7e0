"""What RFID readers see: the same tag many times a second, at antennas of a read point. One passing is one event."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asbuilt.core.events.inventory import UnitMoved
from asbuilt.core.identifiers.names import Location
from asbuilt.core.identifiers.scan import read
from asbuilt.core.identifiers.subjects import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRead:
    """One report of a reader. epc: EPC URN or the tag's memory in hexadecimal."""

    epc: str
    read_point: Location
    time: datetime
    antenna: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A tag at a read point, from when to when, by which antennas, seen how often. problem: when it cannot be read."""

    epc: str
    read_point: Location
    antennas: tuple[str, ...]
    first: datetime
    last: datetime
    count: int
    problem: str = ""


def passings(reads: Iterable[TagRead]) -> list[Passing]:
    """The reads of a batch, one passing for each tag and read point, in order of time.

    A tag is the same however it was reported: as URN, or as memory in upper or lower case.
    """
    seen: dict[tuple[str, Location], list[TagRead]] = {}
    problems: dict[str, str] = {}
    names: dict[str, str] = {}
    for one in reads:
        if one.epc not in names:
            reading = read(one.epc)
            names[one.epc] = reading.epc or one.epc.strip().upper()
            if reading.faults:
                problems[names[one.epc]] = reading.faults[0].message
        seen.setdefault((names[one.epc], one.read_point), []).append(one)
    found = [_passing(epc, point, few, problems.get(epc, "")) for (epc, point), few in seen.items()]
    return sorted(found, key=lambda passing: (passing.first, passing.epc))


def _passing(epc: str, read_point: Location, reads: Sequence[TagRead], problem: str) -> Passing:
    times = [one.time for one in reads]
    return Passing(
        epc=epc,
        read_point=read_point,
        antennas=tuple(sorted({one.antenna for one in reads if one.antenna})),
        first=min(times),
        last=max(times),
        count=len(reads),
        problem=problem,
    )


def move_of(passing: Passing, unit: Unit, *, source: str) -> UnitMoved:
    """The event of a passing. Its id follows from tag, read point and time, so a batch may be sent again."""
    content = f"asbuilt read\0{passing.epc}\0{passing.read_point}\0{passing.first.isoformat()}"
    value = int.from_bytes(hashlib.sha256(content.encode()).digest()[:16]) & ~(0xF << 76) & ~(0x3 << 62)
    return UnitMoved(
        event_id=UUID(int=value | 0x8 << 76 | 0b10 << 62),  # a UUIDv8 (RFC 9562, section 5.8)
        event_time=passing.first,
        source=source,
        unit=unit,
        location=passing.read_point,
    )

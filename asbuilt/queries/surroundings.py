"""All links around a unit or lot: what is in it and what it is in, each thing once, however many ways lead there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from asbuilt.core.events.event import Evidence
from asbuilt.ledger.codec import microseconds
from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import END_OF_TIME, Gathered, Thing, gather, things_of
from asbuilt.queries.naming import Named
from asbuilt.queries.walks import STEPS_ABOVE, Moment

_RANK = {one.value: place for place, one in enumerate(Evidence)}


@dataclass(frozen=True, slots=True)
class Link:
    """One thing in another: `below` is in `above`. place: reference designator or slot of one such link, of `times`.

    evidence: the best there is of any of them.
    """

    above: int
    below: int
    place: str
    evidence: str
    times: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything linked to a unit or lot. count: how many things; `things` and `links` are empty when it is too many.

    Ids are those of the registry; names that were declared and not delivered have negative ones.
    """

    root: int
    count: int
    things: dict[int, Thing]
    links: tuple[Link, ...]


def surroundings(reader: Reader, named: Named, *, at: datetime | None = None, most: int) -> Surroundings:
    """What is in a unit or lot and what it is in, at every level: now, or at a time. Never in part: all, or a count."""
    moment = Moment.NOW if at is None else Moment.AT
    gathered = gather(reader, named.subject_id, END_OF_TIME if at is None else microseconds(at), moment)
    declared: dict[int, Thing] = {}
    links: dict[tuple[int, int], Link] = {}
    for above, below, place, evidence in (*_below(gathered, declared), *_above(reader, named, at, moment)):
        before = links.get((above, below))
        if before is None:
            links[above, below] = Link(above, below, place, evidence, 1)
        else:
            best = min(before.evidence, evidence, key=_RANK.__getitem__)
            links[above, below] = Link(above, below, min(before.place, place), best, before.times + 1)
    ids = {named.subject_id, *(one for pair in links for one in pair)}
    if len(ids) > most:
        return Surroundings(named.subject_id, len(ids), {}, ())
    things = things_of(reader, (one for one in ids if one > 0)) | declared
    return Surroundings(named.subject_id, len(ids), things, tuple(links[pair] for pair in sorted(links)))


def _below(gathered: Gathered, declared: dict[int, Thing]) -> Iterator[tuple[int, int, str, str]]:
    for link in gathered.links.values():
        yield link[1], link[2], link[3], link[7]
    for unit_id, rows in gathered.fed.items():
        for _, station, slot, lot_id, _, _ in rows:
            yield unit_id, lot_id, f"{station} {slot}", Evidence.SETUP_WINDOW.value
    for parent_id, rows in gathered.declared.items():
        for row in rows:
            subject_id = -1 - len(declared)
            declared[subject_id] = Thing("declared", row[5], "", row[3], "", "not_delivered", "", "")
            yield parent_id, subject_id, "", Evidence.DECLARED.value


def _above(reader: Reader, named: Named, at: datetime | None, moment: Moment) -> Iterator[tuple[int, int, str, str]]:
    time = () if at is None else (microseconds(at),)
    for row in reader.rows(STEPS_ABOVE[reader.dialect][moment], [named.subject_id], *time):
        yield row[1], row[0], row[2], row[5]

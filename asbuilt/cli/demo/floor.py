"""The floor of the demo plant: its clock, what lies on its shelves, and what is reported.

Each thing that goes on (a board on its way, a truck that calls every afternoon) is a story: a generator that reports
what happens and gives the seconds of work until it goes on. All stories together are told in order of time.
"""

from collections import Counter, deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush, heapreplace
from typing import Any
from uuid import UUID

from asbuilt.cli.demo.calendar import calendar_for, shift_at
from asbuilt.cli.demo.chance import Chance, named_id
from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.names import ActorName
from asbuilt.core.identifiers.subjects import Part, Station, Unit

Story = Generator[int, None, None]
"""Gives seconds of work to wait for."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reports: a station, device or office, on whose behalf, and who works there in the early and late shift."""

    source: str
    actor: ActorName
    operators: tuple[str, str] = ("", "")

    @property
    def station(self) -> Station:
        return Station(self.source)


@dataclass(frozen=True, slots=True)
class Report:
    """An event, and who answers for it. refused: the rules of the interlock that it breaks, so that it is stopped."""

    actor: ActorName
    event: Event
    refused: tuple[str, ...] = ()


class Floor:
    """A demo plant while it is being told."""

    def __init__(self, *, seed: int, units: int) -> None:
        self.units = units
        self.seed = f"{seed}/{units}"
        self.chance = self._own_chance = Chance(self.seed)
        self.calendar = calendar_for(units)
        self.now = 0
        self.shelves: dict[Part, deque[Unit]] = {}
        self._numbers: Counter[str] = Counter()
        self._stories = 0
        self._waiting: list[tuple[int, int, Story, Chance]] = []
        self._reports: list[Report] = []
        self._moment_of = -1
        self._moment = self.calendar.first_morning

    @property
    def moment(self) -> datetime:
        """Now, as a time of the clock on the wall."""
        if self._moment_of != self.now:
            self._moment = self.calendar.moment(self.now)
            self._moment_of = self.now
        return self._moment

    def start(self, story: Story, *, after: int = 0, chance: Chance | None = None) -> None:
        """Let something begin, at once or after so many seconds of work.

        chance: what is drawn from while the story goes on, by default what is drawn from now. A story with a chance of
        its own changes nothing in what else happens.
        """
        self._stories += 1
        heappush(self._waiting, (self.now + after, self._stories, story, chance or self.chance))

    def run(self) -> Iterator[Report]:
        """Everything that is reported until the last evening, in order of time. What goes on then stays unfinished."""
        waiting, until = self._waiting, self.calendar.end
        while waiting and waiting[0][0] < until:
            self.now, number, story, self.chance = waiting[0]
            delay = next(story, None)
            if delay is None:
                heappop(waiting)
            else:
                heapreplace(waiting, (self.now + delay, number, story, self.chance))
            yield from self._reports
            self._reports.clear()
        self.now, self.chance = until - 1, self._own_chance

    def report(
        self,
        kind: type[Event],
        desk: Desk,
        *,
        event_id: UUID | None = None,
        at: datetime | None = None,
        refused: tuple[str, ...] = (),
        **fields: Any,  # noqa: ANN401 - the fields of `kind`
    ) -> UUID:
        """Report that something happened, just now unless said otherwise; gives the event's id."""
        moment = at or self.moment
        event_id = event_id or self.chance.event_id(moment)
        operator = desk.operators[shift_at(self.now)]
        event = kind(event_id=event_id, event_time=moment, source=desk.source, operator=operator, **fields)
        self._reports.append(Report(desk.actor, event, refused))
        return event_id

    def reported(self) -> Iterator[Report]:
        """What was reported outside any story."""
        yield from self._reports
        self._reports.clear()

    def number(self, series: str) -> int:
        """The next number of a series, from 1 on."""
        self._numbers[series] += 1
        return self._numbers[series]

    def shelf(self, part: Part) -> deque[Unit]:
        """The units of a part that lie ready, the oldest first."""
        return self.shelves.setdefault(part, deque())

    def named_id(self, name: str) -> UUID:
        """The id of an event that is looked up later."""
        return named_id(self.seed, name, self.calendar.moment(self.calendar.end - 1))

"""Everything a unit page shows, gathered in one moment of the record and put into the words of the page."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice

from django.http import QueryDict

from asbuilt.exchange.as_built.pdf import command_instead
from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import AsBuilt, as_built, flattened
from asbuilt.queries.defects import defects_of
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.naming import Named
from asbuilt.queries.units import UnitView
from asbuilt.queries.units import unit as unit_view
from asbuilt.queries.where_used import where_used
from asbuilt.web.addresses import in_query
from asbuilt.web.asking import AsOf, as_of, one_of, whole
from asbuilt.web.defects import SHOWN as DEFECTS_SHOWN
from asbuilt.web.defects import DefectLine, defect_lines
from asbuilt.web.history_parts import Show
from asbuilt.web.measures import ROWS_SHOWN, measured
from asbuilt.web.records import Alarm, Known, Record, Step, alarms, life_line, three_records
from asbuilt.web.telling import happened_at, part_of
from asbuilt.web.timeline import EVENTS_READ, Beside, Timeline, beginning, timeline
from asbuilt.web.tree import Branch, Tree, exceptions_in
from asbuilt.web.trends import Inside, Row, measured_inside, with_trends
from asbuilt.web.uses import Use, affected_name, uses

USES_SHOWN = 50
"""What a unit is in, level by level; more only when it is material of lots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Genealogy:
    """What is in a unit or lot, as of a time. exceptions: how many components need a look."""

    as_of: AsOf
    branches: list[Branch]
    count: int
    exceptions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    """A unit in the words of its page.

    has_components: whether it has, or ever had, any component. pdf_command: what sets its PDF, where a server does not.
    is_cut: whether the facts are drawn from the beginning
    of its history only.
    """

    unit: UnitView
    own_issuer: str
    records: list[Record]
    alarms: list[Alarm]
    steps: list[Step]
    timeline: Timeline
    genealogy: Genealogy
    uses: list[Use]
    has_more_uses: bool
    defects: list[DefectLine]
    open_defects: int
    has_more_defects: bool
    measured: list[Row]
    measured_count: int
    out_of_limits: int
    inside: Inside
    has_components: bool
    pdf_command: str
    is_cut: bool

    @property
    def at_iso(self) -> str:
        """The time that the page is asked for, for addresses of the API; empty for now."""
        at = self.genealogy.as_of.at
        return "" if at is None else at.isoformat()

    @property
    def has_second_column(self) -> bool:
        """Whether there is anything to show beside the history."""
        if self.has_components or self.inside.count or self.genealogy.as_of.at:
            return True
        return bool(self.uses or self.measured or self.defects)


def unit_page(reader: Reader, named: Named, query: QueryDict) -> UnitPage:
    """The page of a unit. Raises NotFound when its commissioning was declared wrong."""
    view = unit_view(reader, named)
    read = beginning(reader, named)
    now = as_built(reader, named)
    asked = as_of(query, zone=zone_of(read))
    affected = list(islice(where_used(reader, named, at=asked.at), USES_SHOWN + 1))
    known = Known(
        unit=view,
        as_built=now,
        history=read,
        inside=exceptions_in(now.components),
        parent=_parent(reader, named, view),
        own_issuer=reader.site.issuer,
    )
    shown = now if asked.at is None else as_built(reader, named, at=asked.at)
    defects = defects_of(reader, named)
    found = measured(now.operations, asked.zone)
    return UnitPage(
        unit=view,
        own_issuer=reader.site.issuer,
        records=three_records(known),
        alarms=alarms(known),
        steps=life_line(known),
        timeline=history_of(reader, named, read, now, query),
        genealogy=genealogy_of(shown, asked, reader),
        uses=uses(affected[:USES_SHOWN], reader.site.issuer),
        has_more_uses=len(affected) > USES_SHOWN,
        defects=defect_lines(defects[:DEFECTS_SHOWN], asked.zone),
        open_defects=sum(one.is_open for one in defects),
        has_more_defects=len(defects) > DEFECTS_SHOWN,
        measured=with_trends(reader, named, found[:ROWS_SHOWN], now.operations, until=_last_measured(now)),
        measured_count=len(found),
        out_of_limits=sum(bool(one.latest.reading.verdict) for one in found),
        inside=measured_inside(flattened(now)),
        has_components=bool(asked.at or asked.problem)
        or now.component_count > 0
        or any(map(_is_component_event, read)),
        pdf_command=command_instead(shown),
        is_cut=len(read) == EVENTS_READ,
    )


def _last_measured(record: AsBuilt) -> datetime:
    """When the unit was last worked on: its results are seen among those before."""
    return max((one.completed_at for one in record.operations), default=datetime.fromtimestamp(0, UTC))


def _is_component_event(entry: HistoryEntry) -> bool:
    return entry.role == "subject" and entry.type in {"ComponentInstalled", "ComponentDeclared"}


def zone_of(read: list[HistoryEntry]) -> tzinfo:
    """The zone in which the unit was last seen: times without a zone are meant in it."""
    return happened_at(read[-1]).tzinfo or UTC if read else UTC


def _parent(reader: Reader, named: Named, view: UnitView) -> tuple[str, str] | None:
    """Kind and name of what a unit is installed in now."""
    if not view.installed_in:
        return None
    directly = (one for one in where_used(reader, named) if one.level == 1)
    return next(
        ((one.kind, name) for one in directly if (name := affected_name(one)) == view.installed_in),
        ("unit", view.installed_in),
    )


def history_of(reader: Reader, named: Named, read: list[HistoryEntry], now: AsBuilt, query: QueryDict) -> Timeline:
    """The page of the history that was asked for."""
    beside = Beside(
        own_issuer=reader.site.issuer,
        descriptions={part_of(one.name): one.description for one in now.components},
        operations={operation.event_id: operation for operation in now.operations},
    )
    show = one_of(Show, query.get("history", ""), otherwise=Show.ALL)
    return timeline(reader, named, read, beside, show=show, after=whole(query, "after"))


def genealogy_of(record: AsBuilt, asked: AsOf, reader: Reader) -> Genealogy:
    """What is in a unit or lot, as a tree."""
    tree = Tree(record.components, own_issuer=reader.site.issuer, query=in_query(asked.at))
    return Genealogy(
        as_of=asked,
        branches=tree.branches(record.kind, record.name),
        count=tree.total.components,
        exceptions=tree.total.exceptions,
    )

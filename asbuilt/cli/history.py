"""`asbuilt history`: what happened to a unit or lot."""

import click

from asbuilt.cli.naming import kind_option, thing_meant
from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, short, write_rows
from asbuilt.cli.times import shown
from asbuilt.queries.history import HistoryEntry
from asbuilt.queries.history import history as history_of

_SAID_ELSEWHERE = frozenset({"type", "event_id", "event_time", "source", "operator", "unit", "output_lot"})


@click.command()
@click.argument("name", metavar="UNIT|LOT")
@kind_option
@site_option
@format_option
def history(name: str, kind: str | None, site: str | None, form: str) -> None:
    """Show what happened to a unit or lot, in the order in which it was recorded."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        named = thing_meant(reader, name, kind)
        listing = Listing(HistoryEntry, _columns(plant.site.issuer), "history", {"name": named.name})
        write_rows(history_of(reader, named), listing, form)


def _columns(own_issuer: str) -> tuple[Column, ...]:
    return (
        Column("sequence", lambda row: str(row.sequence)),
        Column("event time", lambda row: shown(row.event_time)),
        Column("event", lambda row: row.type),
        Column("result", lambda row: "wrong" if row.corrected_by else row.result),
        Column("by", lambda row: row.operator or row.actor),
        Column("at", lambda row: row.source),
        Column("what", lambda row: _what(row, own_issuer)),
    )


def _what(row: HistoryEntry, own_issuer: str) -> str:
    """What the event says besides the columns before, and what was said about it later."""
    recorded_as = [f"recorded as {short(row.recorded_as, own_issuer)}"] if row.recorded_as else []
    concerned = [f"in {short(row.subject, own_issuer)}"] if row.role == "concerned" else []
    said = [*recorded_as, *concerned]
    for name, value in row.event.items():
        if name in _SAID_ELSEWHERE or (name == "result" and row.result):
            continue
        said.extend(_told(value) if name == "reasons" else [f"{name} {_brief(value, own_issuer)}"])
    if row.corrected_by is not None:
        said.append(f"[{row.correction_reason}: {row.correction_explanation}]")
    return ", ".join(said)


def _told(reasons: list[dict[str, str]]) -> list[str]:
    """What the interlock said, word for word."""
    return [f"{one['rule']} {one['reason']}" for one in reasons]


def _brief(value: object, own_issuer: str) -> str:
    if isinstance(value, list):
        return f"({len(value)})"
    return short(str(value), own_issuer)

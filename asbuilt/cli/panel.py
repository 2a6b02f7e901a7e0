"""`asbuilt panel`: boards that are worked on as one panel."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import msgspec

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import Submission, capture
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, site_option
from asbuilt.cli.output import Column, Listing, format_option, short, write_record, write_rows
from asbuilt.core.events.production import OperationCompleted, OperationStarted, Result, UnitDepanelled, UnitPanelled
from asbuilt.core.identifiers.names import Panel, PanelPosition
from asbuilt.core.identifiers.subjects import Unit
from asbuilt.core.identifiers.text import NameProblem
from asbuilt.exchange.panels.boards import BoardEvent, Fields, PanelWork, board_events
from asbuilt.ledger.codec import Captured, Decoder, Malformed, captured
from asbuilt.ledger.spelling import subject_named
from asbuilt.queries.naming import NotFound
from asbuilt.queries.panels import BoardView
from asbuilt.queries.panels import panel as panel_named

_WORK = (
    click.argument("panel_number", metavar="PANEL"),
    click.argument("operation", metavar="OPERATION"),
    click.option("--station", metavar="NAME", help="Where."),
    click.option("--work-order", metavar="NUMBER", help="Under which order."),
    click.option("--tool", metavar="NAME", help="With which tool."),
    click.option("--program", metavar="NAME", help="With which program."),
    click.option("--operator", metavar="NAME", help="Who did it."),
    click.option("--skip", multiple=True, metavar="POSITION", help="Not this board; may be given several times."),
    click.option("--atomic", is_flag=True, help="Record all boards or none."),
    site_option,
)


@click.group()
def panel() -> None:
    """Boards that are worked on as one panel."""


@panel.command()
@click.argument("panel_number", metavar="PANEL")
@site_option
@format_option
def show(*, panel_number: str, site: str | None, form: str) -> None:
    """List the boards on a panel."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        with _explained():
            found = panel_named(reader, panel_number)
        issuer = plant.site.issuer
        columns = (
            Column("position", lambda row: row.position),
            Column("unit", lambda row: short(row.unit, issuer)),
            Column("status", lambda row: row.status.value),
            Column("last operation", lambda row: f"{row.last_operation} {row.last_result}".strip()),
        )
        if form == "json":
            write_record(found, form, lambda: ())
        else:
            write_rows(found.boards, Listing(BoardView, columns, "boards", {}), form)


@panel.command()
@click.argument("panel_number", metavar="PANEL")
@click.argument("boards", metavar="POSITION=UNIT…", nargs=-1, required=True)
@site_option
def place(*, panel_number: str, boards: tuple[str, ...], site: str | None) -> None:
    """Say which units are the boards of a panel: all of them, or none. A position without a good board is left out."""
    with open_plant(site) as plant, _explained():
        now = datetime.now(UTC)
        events = []
        for text in boards:
            position, equals, name = text.partition("=")
            if not equals:
                raise click.UsageError(f"{text!r} is not POSITION=UNIT")
            unit = subject_named(Unit, name, own_issuer=plant.site.issuer)
            assert isinstance(unit, Unit), "asked for one"
            placed = UnitPanelled(
                event_id=new_event_id(),
                event_time=now,
                unit=unit,
                panel=Panel(panel_number),
                position=PanelPosition(position),
            )
            events.append((position, captured(placed)))
        _record(plant, events, atomic=True)


def _working(function: click.decorators.FC) -> click.decorators.FC:
    for decorate in reversed(_WORK):
        function = decorate(function)
    return function


@panel.command()
@_working
def start(*, panel_number: str, skip: tuple[str, ...], atomic: bool, site: str | None, **said: str | None) -> None:
    """Record that an operation began on every board; each is judged on its own."""
    _work(site, panel_number, PanelWork(_fields(OperationStarted, said), {}, skip), atomic=atomic)


@panel.command()
@_working
@click.option("--failed", multiple=True, metavar="POSITION[=DEFECT]", help="This board failed; as often as needed.")
def complete(
    *,
    panel_number: str,
    skip: tuple[str, ...],
    atomic: bool,
    site: str | None,
    failed: tuple[str, ...],
    **said: str | None,
) -> None:
    """Record that an operation ended on every board: passed, where nothing else is said."""
    positions = {}
    for text in failed:
        position, _, defect = text.partition("=")
        positions[position] = _raw({"result": Result.FAILED.value, **({"defect": defect} if defect else {})})
    _work(site, panel_number, PanelWork(_fields(OperationCompleted, said), positions, skip), atomic=atomic)


@panel.command()
@click.argument("panel_number", metavar="PANEL")
@click.option("--skip", multiple=True, metavar="POSITION", help="Not this board; may be given several times.")
@site_option
def separate(*, panel_number: str, skip: tuple[str, ...], site: str | None) -> None:
    """Record that the boards of a panel were separated. Scrapped ones are, too."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader, _explained():
        there = panel_named(reader, panel_number).boards
    every: dict[str, Fields] = {board.position: {} for board in there if board.position not in skip}
    _work(site, panel_number, PanelWork(_fields(UnitDepanelled, {}), every, skip), atomic=True)


def _fields(kind: type, said: dict[str, str | None]) -> Fields:
    own = {"type": kind.__name__, "event_id": str(new_event_id()), "event_time": datetime.now(UTC).isoformat()}
    return _raw({**own, **{name: text for name, text in said.items() if text}})


def _raw(texts: dict[str, str]) -> Fields:
    return {name: msgspec.Raw(msgspec.json.encode(text)) for name, text in texts.items()}


def _work(site_name: str | None, panel_number: str, work: PanelWork, *, atomic: bool) -> None:
    with open_plant(site_name) as plant, _explained():
        with plant.database.reading(plant.site) as reader:
            found = panel_named(reader, panel_number)
        made: list[BoardEvent] = board_events(work, found, Decoder(plant.site.issuer))
        events = [(one.board.position, Captured(one.sent.event, one.sent.payload)) for one in made]
        _record(plant, events, atomic=atomic)


def _record(plant: Opened, events: list[tuple[str, Captured]], *, atomic: bool) -> None:
    submission = Submission(events=tuple(one for _, one in events), actor=command_line_actor(), atomic=atomic)
    (answers,) = capture(plant.database, plant.site, [submission], now=datetime.now(UTC))
    refused = 0
    for (position, _), answer in zip(events, answers, strict=True):
        if isinstance(answer, Refusal):
            refused += 1
            for one in answer.broken:
                click.echo(f"position {position}: {one.rule}  {one.reason}", err=True)
    click.echo(f"{len(answers) - refused} boards recorded, {refused} refused")
    if refused:
        raise click.exceptions.Exit(Exit.REFUSED)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except NotFound as problem:
        raise Problem(str(problem), Exit.NOT_FOUND) from None
    except (Malformed, NameProblem) as problem:
        raise Problem(str(problem), Exit.USAGE) from None

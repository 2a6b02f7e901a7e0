"""`asbuilt capture`: records the events in a file."""

import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from os import fstat
from pathlib import Path
from typing import BinaryIO

import click

from asbuilt.capture.answers import Outcome, Refusal
from asbuilt.capture.capture import EVENTS_MAX, Submission
from asbuilt.capture.capture import capture as record
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.lines import LINE_MAX, Line, batches, read_lines
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, site_option
from asbuilt.cli.output import write
from asbuilt.cli.patience import collect_rarely
from asbuilt.cli.progress import Shown, progress
from asbuilt.cli.refusals import Refusals
from asbuilt.ledger.codec import Captured, Decoder, Malformed
from asbuilt.ledger.database import Unavailable
from asbuilt.queries.wire import encode


@dataclass(slots=True)
class Tally:
    """What became of the lines of a file."""

    lines: int = 0
    recorded: int = 0
    repeated: int = 0
    refused: int = 0
    malformed: int = 0
    seconds: float = 0.0
    refusals: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run over a file: where its events go, and what is noted on the way."""

    plant: Opened
    decoder: Decoder
    refusals: Refusals
    tally: Tally
    atomic: bool
    may_override: bool


@click.command()
@click.argument("file", type=click.File("rb"), metavar="FILE|-")
@click.option("--refusals", type=click.Path(path_type=Path, dir_okay=False), help="Default: FILE.refused.ndjson")
@click.option("--atomic", is_flag=True, help=f"Record all or nothing; for files of up to {EVENTS_MAX} events.")
@click.option("--may-override", is_flag=True, help="Take operations with override_reason in spite of the interlock.")
@click.option("--json", "as_json", is_flag=True, help="Write the summary as JSON.")
@site_option
def capture(
    *, file: BinaryIO, refusals: Path | None, atomic: bool, may_override: bool, as_json: bool, site: str | None
) -> None:
    """Record the events in FILE, one JSON object a line, of any length.

    It can be stopped and run again: what is recorded already is counted as repeated and not recorded twice. What a rule
    refuses, and lines that are no event, go to the file of refusals with the reason; exit code 3 tells that there are
    some. `jq -r .sent FILE.refused.ndjson` gives the lines back.
    """
    collect_rarely()
    tally = Tally()
    started = time.monotonic()
    with open_plant(site) as plant, Refusals(refusals or _beside(file)) as refused:
        run = Run(plant, Decoder(plant.site.issuer), refused, tally, atomic, may_override)
        with progress("Recording", total=_size(file), beside=Shown.BYTES) as move_to:
            _record_all(run, read_lines(file), move_to)
    tally.seconds = round(time.monotonic() - started, 3)
    tally.refused, tally.malformed = refused.refused, refused.malformed
    tally.refusals = str(refused.path) if refused.count else ""
    write([encode(tally), b"\n"] if as_json else [_summary(tally)])
    if refused.count:
        raise click.exceptions.Exit(Exit.REFUSED)


def _record_all(run: Run, lines: Iterable[Line], move_to: Callable[[int], None]) -> None:
    if run.atomic:
        batch = list(islice(lines, EVENTS_MAX + 1))
        if len(batch) > EVENTS_MAX:
            raise click.UsageError(f"--atomic takes up to {EVENTS_MAX} events, and this file holds more")
        _record_batch(run, batch)
        return
    for batch in batches(lines):
        _record_batch(run, batch)
        move_to(batch[-1].end)


def _record_batch(run: Run, lines: list[Line]) -> None:
    """Decode, record, note what was refused."""
    events = [(line, event) for line in lines if (event := _event(run, line)) is not None]
    run.tally.lines += len(lines)
    if not events or (run.atomic and len(events) < len(lines)):
        return
    submission = Submission(
        events=tuple(event for _, event in events),
        actor=command_line_actor(),
        atomic=run.atomic,
        may_override=run.may_override,
    )
    try:
        (answers,) = record(run.plant.database, run.plant.site, [submission], now=datetime.now(UTC))
    except Unavailable as problem:
        message = f"{problem}. Stopped before line {lines[0].number}; run the same command again to go on from there"
        raise Problem(message, Exit.UNREACHABLE) from problem
    for (line, _), answer in zip(events, answers, strict=True):
        if isinstance(answer, Refusal):
            run.refusals.refuse(line, answer)
        elif answer.outcome is Outcome.RECORDED:
            run.tally.recorded += 1
        else:
            run.tally.repeated += 1


def _event(run: Run, line: Line) -> Captured | None:
    """The event in a line, or None after noting why there is none."""
    if line.is_too_long:
        message = f"the line has {line.size} bytes; at most {LINE_MAX} are taken: send one event a line"
        run.refusals.note_malformed(line, message)
        return None
    try:
        sent = run.decoder.one(line.raw)
    except Malformed as problem:
        hint = "; send one event a line, not an array: jq -c '.[]' FILE" if line.raw.startswith(b"[") else ""
        run.refusals.note_malformed(line, f"{problem}{hint}")
        return None
    if sent.site and sent.site != run.plant.site.name:
        message = f"the event is for site {sent.site!r}, this is {run.plant.site.name!r}; choose the site with --site"
        run.refusals.note_malformed(line, message, field="$.site")
        return None
    return Captured(sent.event, sent.payload)


def _summary(tally: Tally) -> str:
    rate = tally.lines / tally.seconds if tally.seconds else 0
    counts = f"{tally.recorded:,} recorded, {tally.repeated:,} repeated"
    if tally.refusals:
        counts += f", {tally.refused:,} refused, {tally.malformed:,} malformed (see {tally.refusals})"
    return f"{tally.lines:,} lines in {tally.seconds:.1f} s, {rate:,.0f} a second: {counts}\n"


def _beside(file: BinaryIO) -> Path:
    """The file of refusals next to the one that is read."""
    name = getattr(file, "name", "")
    is_named = isinstance(name, str) and name not in ("", "-", "<stdin>")
    return Path(f"{name if is_named else 'stdin'}.refused.ndjson")


def _size(file: BinaryIO) -> int | None:
    """The size of a regular file, for the progress bar."""
    try:
        found = fstat(file.fileno())
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None

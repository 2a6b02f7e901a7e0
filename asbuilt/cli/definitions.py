"""`asbuilt definitions`: what a plant has, as files: applied, checked, written out."""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from asbuilt.cli.exits import Exit
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, site_option
from asbuilt.cli.output import facts, styled, write
from asbuilt.queries.wire import encode_readably

if TYPE_CHECKING:
    from asbuilt.exchange.definitions.applying import DefinitionsReport, Plan
    from asbuilt.exchange.definitions.changes import Change
    from asbuilt.exchange.definitions.nodes import Fault

FAULTS_SHOWN = 50
"""Faults told on stderr; --json holds them all."""

_SIGNS = {"new": ("+", "green"), "changed": ("~", "yellow")}

_paths: Callable[..., click.Command] = click.argument("paths", nargs=-1, required=True, metavar="PATH…")
_json_option: Callable[..., click.Command] = click.option(
    "--json", "as_json", is_flag=True, help="Write the whole report as JSON."
)


@click.group()
def definitions() -> None:
    """Parts, specifications, routings, tools and people, as files: YAML, or tables in CSV."""


@definitions.command()
@_paths
@click.option("--dry-run", "--diff", "is_dry", is_flag=True, help="Show what would change, and record nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before recording.")
@_json_option
@site_option
def apply(*, paths: Sequence[str], is_dry: bool, yes: bool, as_json: bool, site: str | None) -> None:
    """Make the plant have what files say.

    PATH is a file, a folder (all *.yaml, *.yml and *.csv in it, at any depth) or - for standard input, in YAML. New and
    changed definitions are recorded, all or none; what is the same is not recorded again, and what the files leave out
    stays as it is. A fault names its file, line and field; then nothing is recorded, and the exit code is 3.
    """
    from asbuilt.exchange.definitions.applying import carry_out

    with open_plant(site) as plant:
        planned = _planned(plant, paths)
        if is_dry or not planned.is_ready:
            _tell(planned.report, as_json=as_json, closing="Nothing was recorded" if planned.report.faults else "")
            return
        if not as_json:
            write(f"{line}\n" for line in _diff_lines(planned.report))
            _tell_faults(planned.report.warnings, sign="warning: ")
        if not yes:
            _ask(len(planned.pending), paths, as_json=as_json)
        report = carry_out(
            plant.database, plant.site, planned, actor=command_line_actor(), clock=lambda: datetime.now(UTC)
        )
    if as_json or report.faults:
        _tell(report, as_json=as_json, closing="")
        return
    click.echo(f"{report.recorded:,} recorded, {report.same + report.repeated:,} as they were")


@definitions.command()
@_paths
@_json_option
@site_option
def check(*, paths: Sequence[str], as_json: bool, site: str | None) -> None:
    """Whether the plant has exactly what files say: exit code 0 when it has, 1 when it differs, 3 for faults."""
    with open_plant(site) as plant:
        report = _planned(plant, paths).report
    _tell(report, as_json=as_json, closing="")
    if report.new or report.changed:
        raise click.exceptions.Exit(Exit.NOT_FOUND)


@definitions.command()
@click.argument("sections", nargs=-1, metavar="[SECTION…]")
@site_option
def export(*, sections: Sequence[str], site: str | None) -> None:
    """Write what is defined here as YAML, all of it or some sections; applied again, it changes nothing."""
    from asbuilt.exchange.definitions.exporting import exported
    from asbuilt.exchange.definitions.kinds import BY_SECTION

    unknown = [one for one in sections if one not in BY_SECTION]
    if unknown:
        raise click.UsageError(f"there is no section {unknown[0]}; there is {', '.join(BY_SECTION)}")
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        write([exported(reader, sections or tuple(BY_SECTION))])


def _planned(plant: Opened, paths: Sequence[str]) -> "Plan":
    from asbuilt.exchange.definitions.applying import plan
    from asbuilt.exchange.definitions.reading import read

    contents = read(paths, own_issuer=plant.site.issuer, at=datetime.now(UTC), stdin=sys.stdin.buffer)
    return plan(plant.database, plant.site, contents)


def _ask(count: int, paths: Sequence[str], *, as_json: bool) -> None:
    """Ask whether to record, where there is somebody to be asked."""
    if as_json or "-" in paths:
        what = "--json" if as_json else "from standard input"
        raise click.UsageError(f"definitions are recorded {what} with --yes only; --dry-run shows them")
    click.confirm(f"Record {count:,} definition{'' if count == 1 else 's'}?", abort=True, err=True)


def _tell(report: "DefinitionsReport", *, as_json: bool, closing: str) -> None:
    """Write a report, warnings and faults to stderr; ends the command when there are any."""
    if as_json:
        write([encode_readably(report), b"\n"])
    else:
        write(f"{line}\n" for line in _diff_lines(report))
        _tell_faults(report.warnings, sign="warning: ")
        _tell_faults(report.faults)
    if report.faults:
        if closing and not as_json:
            click.echo(closing, err=True)
        raise click.exceptions.Exit(Exit.REFUSED)


def _tell_faults(faults: Sequence["Fault"], *, sign: str = "") -> None:
    for fault in faults[:FAULTS_SHOWN]:
        click.echo(f"{sign}{fault}", err=True)
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"… and {len(faults) - FAULTS_SHOWN:,} more; --json lists them all", err=True)


def _diff_lines(report: "DefinitionsReport") -> Iterator[str]:
    for change in report.changes:
        if change.state.value in _SIGNS:
            yield from _change_lines(change)
    yield from facts(
        (
            ("new", f"{report.new:,}"),
            ("changed", f"{report.changed:,}"),
            ("same", f"{report.same:,}"),
            *((f"only here: {one.section}", _names(one.count, one.names)) for one in report.left_out),
        )
    )


def _change_lines(change: "Change") -> Iterator[str]:
    sign, colour = _SIGNS[change.state.value]
    yield styled(f"{sign} {change.section} {change.name}", fg=colour)
    for one in change.fields:
        yield f"    {one.field}: {one.old or '(nothing)'} → {one.new or '(nothing)'}"


def _names(count: int, names: Sequence[str]) -> str:
    return f"{count:,} ({', '.join(names)}{', …' if count > len(names) else ''})"

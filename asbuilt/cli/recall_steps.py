"""The steps of a recall: open, freeze, hold, notice, answer, disposition, close."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.accounts.roles import Action
from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import WHOLE_OR_NOT, Submission, capture
from asbuilt.cli.accounts import accounts, password_given
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.index import index_home
from asbuilt.cli.opening import Opened, command_line_actor, open_plant, os_user, site_option
from asbuilt.cli.recall_options import ever_option, evidence_option, seeds_option
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.recalls import (
    RecallClosed,
    RecallDisposition,
    RecallDispositioned,
    RecallNoticeAnswered,
    RecallNoticeIssued,
    RecallOpened,
)
from asbuilt.core.identifiers.subjects import Lot, Recall, SubjectKind, Unit, lot_named, unit_named
from asbuilt.exchange.recalls.events import deciding
from asbuilt.exchange.recalls.settling import By, IndexDiffers, NothingToHold, Settling, hold_all, settle
from asbuilt.ledger.codec import Malformed, captured
from asbuilt.projections.fleet.index import folder_of
from asbuilt.queries.naming import unit_or_lot_meant
from asbuilt.queries.recall.asking import seed_of, seeds_from
from asbuilt.queries.recall.report import open_holds


@click.command("open")
@click.argument("number", metavar="RECALL")
@seeds_option
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@click.option("--drill", is_flag=True, help="Practise it: nothing is stopped or held.")
@site_option
def open_(*, number: str, seeds: tuple[str, ...], reason: str, drill: bool, site: str | None) -> None:
    """Open a recall. From now on nothing that matches a seed by name, supplier or part is used or shipped."""
    with open_plant(site) as plant:
        try:
            meant = seeds_from([seed_of(one) for one in seeds], own_issuer=plant.site.issuer)
        except Malformed as problem:
            raise Problem(str(problem), Exit.USAGE) from None
        _record(plant, [RecallOpened(**_about(), recall=Recall(number), reason=reason, seeds=meant, is_drill=drill)])
    click.echo(f"recall {number} is open; list and settle what it covers with `asbuilt recall freeze {number}`")


@click.command()
@click.argument("number", metavar="RECALL")
@click.option("--meaning", default="approved", show_default=True, metavar="TEXT", help="What you answer for by it.")
@click.option("--hold", "and_hold", is_flag=True, help="Hold what it covers at once.")
@click.option("--sign-as", default="", metavar="USER", help="Sign it with this login; the password is asked for.")
@evidence_option
@ever_option
@site_option
def freeze(
    *,
    number: str,
    meaning: str,
    and_hold: bool,
    sign_as: str,
    certain_down_to: str,
    ever: bool,
    site: str | None,
) -> None:
    """Settle what a recall covers: list everything that its seeds reach now, and freeze the list.

    Where there is a genealogy index, it has to reach the same, or nothing is recorded. To extend a scope later, freeze
    again: what was listed stays. Without --sign-as the report says that nobody signed.
    """
    asked = Settling(meaning=meaning, certain_down_to=Evidence(certain_down_to), ever=ever)
    with open_plant(site) as plant:
        signed_by = _signed(sign_as, plant) if sign_as else ""
        asked = replace(asked, signed_by=signed_by, index=folder_of(index_home(), plant.site))
        try:
            done = settle(
                plant.database,
                plant.site,
                number,
                asked,
                by=_by(),
                record=partial(_record, plant, signed_by=signed_by),
                now=datetime.now(UTC),
            )
        except IndexDiffers as problem:
            raise Problem(str(problem), Exit.NOT_FOUND) from None
        click.echo(done.checked, err=True)
        frozen = done.frozen
        click.echo(
            f"recall {frozen.recall} covers {frozen.units:,} units and {frozen.lots:,} lots, {frozen.certain:,} of "
            f"them certainly; digest {frozen.digest}"
        )
        if signed_by:
            click.echo(f"signed by {signed_by}: {frozen.meaning}")
        if and_hold:
            _hold(plant, number)


@click.command()
@click.argument("number", metavar="RECALL")
@site_option
def hold(*, number: str, site: str | None) -> None:
    """Hold everything that a recall covers and that is not held for it yet. It can be stopped and run again."""
    with open_plant(site) as plant:
        _hold(plant, number)


def _hold(plant: Opened, number: str) -> None:
    try:
        count = hold_all(
            plant.database, plant.site, number, by=_by(), record=partial(_record, plant), now=datetime.now(UTC)
        )
    except NothingToHold as problem:
        raise Problem(str(problem), Exit.REFUSED) from None
    click.echo(f"{count:,} units and lots are held for recall {number}")


@click.command()
@click.argument("number", metavar="RECALL")
@click.argument("customer", metavar="CUSTOMER")
@click.option("--reference", default="", metavar="TEXT", help="Of the letter or message.")
@click.option("--medium", default="", metavar="TEXT", help="How it was sent.")
@site_option
def notice(*, number: str, customer: str, reference: str, medium: str, site: str | None) -> None:
    """Say that a customer was told."""
    with open_plant(site) as plant:
        event = RecallNoticeIssued(
            **_about(), recall=Recall(number), customer=customer, reference=reference, medium=medium
        )
        _record(plant, [event])
    click.echo(f"{customer} was told of recall {number}")


@click.command()
@click.argument("number", metavar="RECALL")
@click.argument("customer", metavar="CUSTOMER")
@click.option("--note", default="", metavar="TEXT", help="What the customer said.")
@site_option
def answer(*, number: str, customer: str, note: str, site: str | None) -> None:
    """Say that a customer has answered a notice."""
    with open_plant(site) as plant:
        _record(plant, [RecallNoticeAnswered(**_about(), recall=Recall(number), customer=customer, note=note)])
    click.echo(f"{customer} has answered")


@click.command()
@click.argument("number", metavar="RECALL")
@click.argument("decision", type=click.Choice([one.value for one in RecallDisposition]))
@click.argument("names", metavar="UNIT|LOT…", nargs=-1, required=True)
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@click.option("--reference", default="", metavar="TEXT", help="Of the record that shows it.")
@site_option
def disposition(
    *, number: str, decision: str, names: tuple[str, ...], reason: str, reference: str, site: str | None
) -> None:
    """Say what became of units and lots. What is good again (cleared, corrected) is held for the recall no more."""
    decided = RecallDisposition(decision)
    with open_plant(site) as plant:
        for name in names:
            subject, is_held = _covered(plant, number, name)
            named: dict[str, Any] = {"unit" if isinstance(subject, Unit) else "lot": subject}
            event = RecallDispositioned(
                **_about(), recall=Recall(number), disposition=decided, reason=reason, reference=reference, **named
            )
            _record(plant, deciding(event, is_held=is_held, released_id=new_event_id()))
    click.echo(f"{len(names):,} {decided.value}")


def _covered(plant: Opened, number: str, name: str) -> tuple[Unit | Lot, bool]:
    """The unit or lot that a text means, and whether it is held for a recall."""
    with plant.database.reading(plant.site) as reader:
        meant = unit_or_lot_meant(reader, name)
        holds = open_holds(reader, meant.subject_id)
    named = unit_named if meant.kind is SubjectKind.UNIT else lot_named
    return named(meant.name, own_issuer=plant.site.issuer), number in holds


@click.command()
@click.argument("number", metavar="RECALL")
@click.option("--reason", default="", metavar="TEXT", help="Why, where not everything has a disposition.")
@site_option
def close(*, number: str, reason: str, site: str | None) -> None:
    """Close a recall. Holds that were placed for it stay until they are released."""
    with open_plant(site) as plant:
        _record(plant, [RecallClosed(**_about(), recall=Recall(number), reason=reason)])
    click.echo(f"recall {number} is closed")


def _by() -> By:
    return By(source="cli", operator=os_user())


def _about() -> dict[str, Any]:
    return {
        "event_id": new_event_id(),
        "event_time": datetime.now(UTC),
        "source": "cli",
        "operator": os_user(),
    }


def _signed(username: str, plant: Opened) -> str:
    """Who signs, by the password given. Raises Problem when it is not taken."""
    password = password_given(is_new=False)
    with accounts():
        from asbuilt.accounts.signing import signed

        return signed(username, password, site=plant.site.name, action=Action.CAPTURE_RECALLS)


def _record(plant: Opened, events: Iterable[Event], *, signed_by: str = "") -> None:
    """Record events in one call, all or none."""
    try:
        sent = tuple(captured(event) for event in events)
    except Malformed as problem:
        raise Problem(str(problem), Exit.USAGE) from None
    submission = Submission(events=sent, actor=command_line_actor(), atomic=True, signed_by=signed_by)
    (answers,) = capture(plant.database, plant.site, [submission], now=datetime.now(UTC))
    broken = [why for one in answers if isinstance(one, Refusal) for why in one.broken if why.rule != WHOLE_OR_NOT]
    if broken:
        raise Problem("; ".join(f"{why.rule}: {why.reason}" for why in broken), Exit.REFUSED)


STEPS = (open_, freeze, hold, notice, answer, disposition, close)
"""The commands, in the order in which a recall takes them."""

"""`asbuilt component`: what is put into units and taken out of them, by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import click

from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, open_plant, site_option
from asbuilt.cli.output import short
from asbuilt.cli.recording import record_together, said_by
from asbuilt.core.events.event import Event, Evidence
from asbuilt.core.events.genealogy import ComponentInstalled, ComponentRemoved
from asbuilt.core.events.inventory import UnitPacked, UnitUnpacked
from asbuilt.core.identifiers.names import Container, Location, Operation, ReferenceDesignator, Uom
from asbuilt.core.identifiers.subjects import Lot, Part, SubjectKind, Unit
from asbuilt.ledger.database import Reader
from asbuilt.queries.as_built import ComponentView, as_built
from asbuilt.queries.lots import lot as lot_view
from asbuilt.queries.naming import Named, unit_meant, unit_or_lot_meant
from asbuilt.queries.units import UnitFilter, every_unit
from asbuilt.queries.units import unit as unit_view

PICKED, FITTED = Evidence.KITTED.value, Evidence.SCANNED.value

_place_option = click.option("--at", "place", default="", metavar="PLACE", help="Reference designator.")
_operation_option = click.option("--operation", default="", metavar="NAME", help="The step at which it was done.")
_operator_option = click.option("--operator", default="", metavar="NAME", help="Who did it.  [default: you]")
_reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why it is taken out.")
_to_option = click.option("--to", "destination", default="", metavar="LOCATION", help="Where it goes.")


@dataclass(frozen=True, slots=True)
class _Work:
    """A command under way: its plant, view of the record, moment, and who does it at which step."""

    plant: Opened
    reader: Reader
    now: datetime
    operator: str
    operation: str

    def taken(self, named: Named, parent: Unit) -> list[Event]:
        """The unpacking of a unit that lies in a container, such as a kit."""
        if named.kind is SubjectKind.LOT:
            return []
        container = unit_view(self.reader, named).container
        if not container:
            return []
        reason = f"taken for {short(str(parent), self.plant.site.issuer)}"
        fields = said_by(self.operator, self.now)
        return [UnitUnpacked(**fields, unit=_unit(named), container=Container(container), reason=reason)]

    def installed(
        self, parent: Unit, named: Named, place: str, *, evidence: str = FITTED, quantity: Decimal | None = None
    ) -> Event:
        is_lot = named.kind is SubjectKind.LOT
        uom = lot_view(self.reader, named).uom if is_lot and quantity is not None else ""
        return ComponentInstalled(
            **said_by(self.operator, self.now),
            unit=parent,
            component=None if is_lot else _unit(named),
            lot=_lot(named) if is_lot else None,
            reference_designator=ReferenceDesignator(place),
            quantity=quantity,
            uom=Uom(uom),
            operation=Operation(self.operation),
            evidence=Evidence(evidence),
        )

    def removed(self, parent: Unit, named: Named, place: str, reason: str, destination: str) -> Event:
        is_lot = named.kind is SubjectKind.LOT
        return ComponentRemoved(
            **said_by(self.operator, self.now),
            unit=parent,
            component=None if is_lot else _unit(named),
            lot=_lot(named) if is_lot else None,
            reference_designator=ReferenceDesignator(place),
            reason=reason,
            destination=Location(destination),
            operation=Operation(self.operation),
        )

    def short(self, subject: Unit | Lot | str) -> str:
        return short(str(subject), self.plant.site.issuer)


@click.group()
def component() -> None:
    """Components of units: pick a kit, install, remove, swap, take a unit apart."""


@component.command()
@click.argument("kit", metavar="KIT")
@click.argument("names", metavar="UNIT…", nargs=-1, required=True)
@_operator_option
@site_option
def pick(*, kit: str, names: Sequence[str], operator: str, site: str | None) -> None:
    """Put units into a kit, which is a container with a number. Of a lot, split off what is picked."""
    now = datetime.now(UTC)
    with open_plant(site) as plant:
        with plant.database.reading(plant.site) as reader:
            units = [_unit(unit_meant(reader, name)) for name in names]
        events = [UnitPacked(**said_by(operator, now), unit=unit, container=Container(kit)) for unit in units]
        record_together(plant, events, now=now)
    click.echo(f"{len(events)} units picked into {kit}")


@component.command()
@click.argument("unit", metavar="UNIT")
@click.argument("name", metavar="COMPONENT|LOT")
@_place_option
@click.option("--quantity", default="", metavar="NUMBER", help="Of a lot, in its uom.")
@click.option(
    "--kitted", "evidence", flag_value=PICKED, default=FITTED, help="Picked for it, and not read at its place."
)
@_operation_option
@_operator_option
@site_option
def install(
    *,
    unit: str,
    name: str,
    place: str,
    quantity: str,
    evidence: str,
    operation: str,
    operator: str,
    site: str | None,
) -> None:
    """Install a component or some of a lot. What lies in a container is taken out of it."""
    with open_plant(site) as plant:
        with plant.database.reading(plant.site) as reader:
            work = _Work(plant, reader, datetime.now(UTC), operator, operation)
            parent, named = _unit(unit_meant(reader, unit)), unit_or_lot_meant(reader, name)
            fitted = work.installed(parent, named, place, evidence=evidence, quantity=_number(quantity))
            events = [*work.taken(named, parent), fitted]
        record_together(plant, events, now=work.now)
    click.echo(f"{work.short(named.name)} is in {work.short(parent)}{_at(place)}")


@component.command("use-kit")
@click.argument("unit", metavar="UNIT")
@click.argument("kit", metavar="KIT")
@_operation_option
@_operator_option
@site_option
def use_kit(*, unit: str, kit: str, operation: str, operator: str, site: str | None) -> None:
    """Install all that is in a kit in a unit, as kitted: picked for it, and not read at its place."""
    with open_plant(site) as plant:
        with plant.database.reading(plant.site) as reader:
            work = _Work(plant, reader, datetime.now(UTC), operator, operation)
            parent = _unit(unit_meant(reader, unit))
            found = [unit_meant(reader, row.unit) for row in every_unit(reader, UnitFilter(container=kit))]
            if not found:
                raise Problem(f"nothing is in {kit}; check the number of the kit", Exit.NOT_FOUND)
            events = [
                event
                for named in found
                for event in (*work.taken(named, parent), work.installed(parent, named, "", evidence=PICKED))
            ]
        record_together(plant, events, now=work.now)
    click.echo(f"{len(found)} components of {kit} are in {work.short(parent)}")


@component.command()
@click.argument("unit", metavar="UNIT")
@click.argument("name", metavar="COMPONENT|LOT")
@_place_option
@_reason_option
@_to_option
@_operation_option
@_operator_option
@site_option
def remove(
    *,
    unit: str,
    name: str,
    place: str,
    reason: str,
    destination: str,
    operation: str,
    operator: str,
    site: str | None,
) -> None:
    """Take a component out of a unit. A unit that is taken out is free to be used again."""
    with open_plant(site) as plant:
        with plant.database.reading(plant.site) as reader:
            work = _Work(plant, reader, datetime.now(UTC), operator, operation)
            parent, named = _unit(unit_meant(reader, unit)), unit_or_lot_meant(reader, name)
            event = work.removed(parent, named, place, reason, destination)
        record_together(plant, [event], now=work.now)
    click.echo(f"{work.short(named.name)} is out of {work.short(parent)}")


@component.command()
@click.argument("unit", metavar="UNIT")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_reason_option
@_to_option
@_operation_option
@_operator_option
@site_option
def swap(
    *,
    unit: str,
    old: str,
    new: str,
    reason: str,
    destination: str,
    operation: str,
    operator: str,
    site: str | None,
) -> None:
    """Take one unit out and put another one at its place; both, or neither."""
    with open_plant(site) as plant:
        with plant.database.reading(plant.site) as reader:
            work = _Work(plant, reader, datetime.now(UTC), operator, operation)
            parent = unit_meant(reader, unit)
            leaving, coming = unit_meant(reader, old), unit_meant(reader, new)
            there = [one for one in _direct(reader, parent) if one.name == leaving.name]
            place = there[0].reference_designator if len(there) == 1 else ""
            events = [
                work.removed(_unit(parent), leaving, place, reason, destination),
                *work.taken(coming, _unit(parent)),
                work.installed(_unit(parent), coming, place),
            ]
        record_together(plant, events, now=work.now)
    click.echo(f"{work.short(coming.name)} is in {work.short(parent.name)}{_at(place)} for {work.short(leaving.name)}")


@component.command()
@click.argument("unit", metavar="UNIT")
@_reason_option
@_to_option
@_operation_option
@_operator_option
@site_option
def disassemble(*, unit: str, reason: str, destination: str, operation: str, operator: str, site: str | None) -> None:
    """Take every unit out that is directly in a unit: the same components, free to be used again.

    Their own contents stay in them. Some of a lot (glue, solder) cannot be taken out as it was, and stays on record.
    """
    with open_plant(site) as plant:
        with plant.database.reading(plant.site) as reader:
            work = _Work(plant, reader, datetime.now(UTC), operator, operation)
            parent = unit_meant(reader, unit)
            found = [
                one for one in _direct(reader, parent) if one.kind == "unit" and one.evidence != Evidence.ALTERNATIVE
            ]
            if not found:
                raise Problem(f"no unit is in {work.short(parent.name)}; see `asbuilt as-built`", Exit.NOT_FOUND)
            events = [
                work.removed(_unit(parent), unit_meant(reader, one.name), one.reference_designator, reason, destination)
                for one in found
            ]
        record_together(plant, events, now=work.now)
    click.echo(f"{len(found)} components are out of {work.short(parent.name)}")
    for one in found:
        click.echo(f"  {work.short(one.name)}{_at(one.reference_designator)}")


def _direct(reader: Reader, parent: Named) -> list[ComponentView]:
    return as_built(reader, parent).components


def _unit(named: Named) -> Unit:
    return Unit(Part(named.issuer, named.part_number), named.number)


def _lot(named: Named) -> Lot:
    return Lot(Part(named.issuer, named.part_number), named.number)


def _at(place: str) -> str:
    return f" at {place}" if place else ""


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise click.UsageError(f"--quantity {text!r} is no number; write it with a point, as 0.25") from None

"""`asbuilt material`: lots become other lots: split, repacked, mixed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import click

from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, open_plant, site_option
from asbuilt.cli.output import short
from asbuilt.cli.recording import record_together, said_by
from asbuilt.core.events.definitions import LotDefined
from asbuilt.core.events.event import Event
from asbuilt.core.events.genealogy import MaterialConsumed
from asbuilt.core.identifiers.names import Operation, Uom
from asbuilt.core.identifiers.subjects import Lot, Part, lot_named
from asbuilt.queries.lots import LotView
from asbuilt.queries.lots import lot as lot_view
from asbuilt.queries.naming import lot_meant

_operator_option = click.option("--operator", default="", metavar="NAME", help="Who did it.  [default: you]")
_operation_option = click.option("--operation", default="", metavar="NAME", help="The step at which it was done.")


class Share(click.ParamType[tuple[str, Decimal]]):
    """LOT=QUANTITY."""

    name = "lot=quantity"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Decimal]:
        """The two, the quantity above zero."""
        name, equals, said = str(value).rpartition("=")
        try:
            quantity = Decimal(said)
        except InvalidOperation:
            quantity = Decimal(0)
        if not equals or not name.strip() or not quantity.is_finite() or quantity <= 0:
            self.fail(f"{value!r} is to be written LOT=QUANTITY, as R104-A=2000", param, ctx)
        return name.strip(), quantity


@click.group()
def material() -> None:
    """Lots that become other lots, with their lineage: split a reel, repack what is left, mix an adhesive."""


@material.command()
@click.argument("source", metavar="LOT")
@click.argument("shares", metavar="NEW=QUANTITY…", type=Share(), nargs=-1, required=True)
@_operation_option
@_operator_option
@site_option
def split(
    *, source: str, shares: Sequence[tuple[str, Decimal]], operation: str, operator: str, site: str | None
) -> None:
    """Make several lots of one: a reel cut into three, what is picked of it for an order.

    NEW is a lot number of the same part. Each new lot has the supplier, the supplier's lot and the expiry of LOT.
    """
    with open_plant(site) as plant:
        view = _view(plant, source)
        _part_off(plant, view, shares, operation, operator)


@material.command()
@click.argument("source", metavar="LOT")
@click.argument("new", metavar="NEW")
@click.option("--quantity", metavar="NUMBER", help="How much.  [default: what is left]")
@_operation_option
@_operator_option
@site_option
def repack(*, source: str, new: str, quantity: str | None, operation: str, operator: str, site: str | None) -> None:
    """Put what is left of a lot into another container under a number of its own."""
    with open_plant(site) as plant:
        view = _view(plant, source)
        if quantity is None and view.remaining is None:
            raise click.UsageError(f"{source} is not counted, so say with --quantity how much goes into {new}")
        amount = view.remaining if quantity is None else Share().convert(f"{new}={quantity}", None, None)[1]
        if not amount or amount <= 0:
            raise Problem(f"nothing is left of {source}; check the lot number", Exit.REFUSED)
        _part_off(plant, view, [(new, amount)], operation, operator)


@material.command()
@click.argument("output", metavar="NEW-LOT")
@click.argument("shares", metavar="LOT=QUANTITY…", type=Share(), nargs=-1, required=True)
@click.option("--quantity", metavar="NUMBER", help="How much came out.  [default: the sum, where all have one uom]")
@click.option("--expires-on", type=click.DateTime(["%Y-%m-%d"]), help="[default: the earliest of what went in]")
@_operation_option
@_operator_option
@site_option
def mix(
    *,
    output: str,
    shares: Sequence[tuple[str, Decimal]],
    quantity: str | None,
    expires_on: datetime | None,
    operation: str,
    operator: str,
    site: str | None,
) -> None:
    """Make one lot of several, as an adhesive of resin and hardener. NEW-LOT is written part/lot."""
    with open_plant(site) as plant:
        views = [(_view(plant, name), amount) for name, amount in shares]
        uoms = {view.uom for view, _ in views}
        if quantity is None and len(uoms) > 1:
            raise click.UsageError(f"the lots are kept in {', '.join(sorted(uoms))}; say with --quantity what came out")
        made = sum((amount for _, amount in views), Decimal(0))
        if quantity is not None:
            made = Share().convert(f"{output}={quantity}", None, None)[1]
        new = lot_named(output, own_issuer=plant.site.issuer)
        now = datetime.now(UTC)
        expiries = [view.expires_on for view, _ in views if view.expires_on is not None]
        events: list[Event] = [
            LotDefined(
                **said_by(operator, now),
                lot=new,
                quantity=made,
                uom=Uom(uoms.pop()) if len(uoms) == 1 else Uom(""),
                manufactured_on=now.date(),
                expires_on=expires_on.date() if expires_on else min(expiries, default=None),
            ),
            *(_consumed(view, new, amount, operation, operator, now) for view, amount in views),
        ]
        record_together(plant, events, now=now)
        click.echo(f"{short(str(new), plant.site.issuer)} made of {len(views)} lots, {made:f}")


def _view(plant: Opened, name: str) -> LotView:
    with plant.database.reading(plant.site) as reader:
        return lot_view(reader, lot_meant(reader, name))


def _part_off(
    plant: Opened, view: LotView, shares: Sequence[tuple[str, Decimal]], operation: str, operator: str
) -> None:
    """Define the new lots as what they come from, and say how much of it went into each."""
    now = datetime.now(UTC)
    part = Part(view.issuer, view.part_number)
    events: list[Event] = []
    for number, amount in shares:
        new = lot_named(number, own_issuer=plant.site.issuer) if "/" in number else Lot(part, number)
        if new.part != part:
            raise click.UsageError(f"{number} is of another part than {view.lot}; name a lot number alone")
        events.append(
            LotDefined(
                **said_by(operator, now),
                lot=new,
                quantity=amount,
                uom=Uom(view.uom),
                supplier=view.supplier,
                supplier_lot=view.supplier_lot,
                purchase_order=view.purchase_order,
                manufactured_on=view.manufactured_on,
                expires_on=view.expires_on,
            )
        )
        events.append(_consumed(view, new, amount, operation, operator, now))
    record_together(plant, events, now=now)
    with plant.database.reading(plant.site) as reader:
        left = lot_view(reader, lot_meant(reader, view.lot)).remaining
    rest = "" if left is None else f", {left:f} {view.uom}".rstrip() + " left of it"
    click.echo(f"{len(shares)} lots made of {short(view.lot, plant.site.issuer)}{rest}")


def _consumed(
    view: LotView, output: Lot, amount: Decimal, operation: str, operator: str, now: datetime
) -> MaterialConsumed:
    return MaterialConsumed(
        **said_by(operator, now),
        output_lot=output,
        lot=Lot(Part(view.issuer, view.part_number), view.lot_number),
        quantity=amount,
        uom=Uom(view.uom),
        operation=Operation(operation),
    )

"""`asbuilt lot`: a lot as it stands."""

from collections.abc import Iterator
from decimal import Decimal

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import facts, format_option, short, write_record
from asbuilt.queries.lots import LotOperationView, LotView
from asbuilt.queries.lots import lot as lot_view
from asbuilt.queries.naming import lot_meant
from asbuilt.queries.overrides import OverrideView

LOT_HELP = "LOT is written part/lot or issuer:part/lot, as an alias, or as a lot number where only one lot has it."


@click.command(epilog=LOT_HELP)
@click.argument("name", metavar="LOT")
@site_option
@format_option
def lot(name: str, site: str | None, form: str) -> None:
    """Show a lot: identity, how much is left, supplier, expiry, holds, further names."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        view = lot_view(reader, lot_meant(reader, name))
    write_record(view, form, lambda: _lines(view, plant.site.issuer))


def _lines(view: LotView, own_issuer: str) -> Iterator[str]:
    yield from facts(
        (
            ("lot", short(view.lot, own_issuer)),
            ("issuer", view.issuer),
            ("description", view.description),
            ("status", view.status),
            ("open holds", ", ".join(view.open_holds)),
            ("quantity", _quantity(view.quantity, view.uom)),
            ("used", _quantity(view.used, view.uom)),
            ("scrapped", _quantity(view.scrapped or None, view.uom)),
            ("remaining", _quantity(view.remaining, view.uom)),
            ("supplier", view.supplier),
            ("supplier lot", view.supplier_lot),
            ("purchase order", view.purchase_order),
            ("manufactured on", str(view.manufactured_on or "")),
            ("expires on", str(view.expires_on or "")),
            *((f"alias, {alias.scheme}", alias.value) for alias in view.aliases),
            ("routing", view.routing),
        )
    )
    yield from (f"{one.operation}: {', '.join(_said(one, view.uom))}" for one in view.operations)
    yield from (_overridden(one, view.uom) for one in view.overrides)


def _overridden(one: OverrideView, uom: str) -> str:
    rules = ", ".join(one.rules)
    return f"overridden: {_quantity(one.quantity, uom)} at {one.operation} by {one.by}: {one.reason} ({rules})"


def _said(one: LotOperationView, uom: str) -> Iterator[str]:
    waiting = "any quantity may be begun" if one.waiting is None else f"{_quantity(one.waiting, uom)} waiting"
    yield waiting
    told = (
        ("in process", one.in_process),
        ("passed", one.passed),
        ("failed", one.failed),
        ("of it open", one.failed_open),
        ("scrapped", one.scrapped),
    )
    yield from (f"{_quantity(quantity, uom)} {what}" for what, quantity in told if quantity)


def _quantity(quantity: Decimal | None, uom: str) -> str:
    return "" if quantity is None else f"{quantity:f} {uom}".strip()

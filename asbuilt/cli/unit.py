"""`asbuilt unit`: a unit as it stands."""

from collections.abc import Iterator

import click

from asbuilt.cli.opening import open_plant, site_option
from asbuilt.cli.output import facts, format_option, short, write_record
from asbuilt.cli.times import shown
from asbuilt.queries.naming import unit_meant
from asbuilt.queries.overrides import OverrideView
from asbuilt.queries.units import UnitView
from asbuilt.queries.units import unit as unit_view

UNIT_HELP = """UNIT is written part/serial or issuer:part/serial, as an alias (UDI, customer serial, Catena-X id …), or
as a serial number alone where only one unit has it."""


@click.command(epilog=UNIT_HELP)
@click.argument("name", metavar="UNIT")
@site_option
@format_option
def unit(name: str, site: str | None, form: str) -> None:
    """Show a unit: identity, status, place, holds, further names."""
    with open_plant(site) as plant, plant.database.reading(plant.site) as reader:
        view = unit_view(reader, unit_meant(reader, name))
    write_record(view, form, lambda: _lines(view, plant.site.issuer))


def _lines(view: UnitView, own_issuer: str) -> Iterator[str]:
    place = f" at {view.reference_designator}" if view.reference_designator else ""
    yield from facts(
        (
            ("unit", short(view.unit, own_issuer)),
            ("now marked as", short(view.marked_as, own_issuer)),
            ("also recorded as", ", ".join(short(name, own_issuer) for name in view.merged)),
            ("issuer", view.issuer),
            ("description", view.description),
            ("revision", view.revision),
            ("status", view.status.value),
            ("open holds", ", ".join(view.open_holds)),
            ("installed in", short(view.installed_in, own_issuer) + place if view.installed_in else ""),
            ("outermost assembly", short(view.in_unit, own_issuer) if view.in_unit != view.installed_in else ""),
            ("panel", f"{view.panel} at {view.panel_position}" if view.panel else ""),
            ("location", view.location),
            ("container", view.container),
            ("customer", view.customer),
            ("shipment", view.shipment),
            ("work order", view.work_order),
            ("last operation", f"{view.last_operation} {view.last_result}".strip()),
            ("expires on", str(view.expires_on or "")),
            ("commissioned", shown(view.commissioned_at)),
            ("last event", f"{shown(view.last_event_time)} (version {view.version})"),
            *(("overridden", _overridden(one)) for one in view.overrides),
            *(("duplicate to decide", str(one.question)) for one in view.duplicates if not one.decision),
            *((f"alias, {alias.scheme}", _alias(alias.value, alias.issuer)) for alias in view.aliases),
        )
    )


def _overridden(one: OverrideView) -> str:
    """Who let it be done, what, when and why."""
    at = f" at {one.station}" if one.station else ""
    wrong = " [declared wrong since]" if one.is_corrected else ""
    what = f"{one.operation} {one.phase.value}{at}, {shown(one.overridden_at)}, by {one.by}: {one.reason}"
    return f"{what} ({', '.join(one.rules)}){wrong}"


def _alias(value: str, issuer: str) -> str:
    return f"{value} ({issuer})" if issuer else value

"""A small plant as a file, and the language of the tests about files."""

import io
from datetime import UTC, datetime
from pathlib import Path

from asbuilt.exchange.definitions.applying import DefinitionsReport, carry_out, plan
from asbuilt.exchange.definitions.exporting import exported
from asbuilt.exchange.definitions.kinds import BY_SECTION
from asbuilt.exchange.definitions.reading import Contents, read, read_text
from tests.world import ACTOR, World

AT = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)

PLANT = """\
parts:
  PUMP-200: {description: Pump, revision: 007, serial_format: "P######"}
  PCB-10:
    description: Board
    revision: on
  GLUE-1: {tracking: lot, uom: g}
serial_profiles:
  PUMP-200: {at_receipt: refused}
specifications:
  FT-200/A:
    characteristics:
    - {characteristic: flow, uom: ml/h, nominal: 10.00, lower_limit: 9.5, upper_limit: 10.5}
    - characteristic: leak
      upper_limit: 1e-3
      resolution: 0.0001
      is_required: false
routings:
  R-PUMP/1:
    part: PUMP-200
    operations:
    - operation: OP-010
      stations: [ASM-1, ASM-2]
      components:
      - {reference_designator: A1, part: PCB-10, alternates: [SUPPLIER:PCB-11]}
    - operation: OP-020
      tool_class: torque
      wait_min_s: 60
    - operation: OP-030
      specification: FT-200/A
      attempts_max: 2
    - {operation: RW-030, is_rework: true, rejoins_at: OP-030}
tools:
  TQ-1: {event_time: 2026-01-05T08:00:00+01:00, tool_class: torque, due_on: 2026-12-31}
operators:
  anna:
  - {qualification: esd, event_time: 2026-01-05T08:00:00+01:00}
  - {qualification: torque, event_time: 2026-01-05T08:00:00+01:00, valid_until: 2027-01-01}
"""
PLANT = PLANT.replace("  GLUE-1:", "  SUPPLIER:PCB-11: {}\n  GLUE-1:")
COUNT = 10
"""Definitions in it."""


def understood(text: str, *, issuer: str = "ACME") -> Contents:
    return read_text(text, name="plant.yaml", own_issuer=issuer, at=AT)


def faults(text: str) -> list[tuple[int, str, str]]:
    """Line, field and reason of what is wrong with a text."""
    return [(one.line, one.field, one.reason) for one in understood(text).faults]


def from_files(*paths: Path, issuer: str = "ACME", stdin: bytes = b"") -> Contents:
    return read(paths, own_issuer=issuer, at=AT, stdin=io.BytesIO(stdin))


def applied(world: World, text: str) -> DefinitionsReport:
    """Apply a text to a plant, at the plant's time; faults are in the report."""
    return applied_contents(world, read_text(text, name="plant.yaml", own_issuer=world.site.issuer, at=world.now))


def applied_contents(world: World, contents: Contents) -> DefinitionsReport:
    planned = plan(world.database, world.site, contents)
    if not planned.is_ready:
        return planned.report
    return carry_out(world.database, world.site, planned, actor=ACTOR, clock=lambda: world.now)


def written(world: World) -> str:
    with world.database.reading(world.site) as reader:
        return exported(reader, BY_SECTION)


def event_count(world: World) -> int:
    with world.database.reading(world.site) as reader:
        ((count,),) = reader.rows("SELECT count(*) FROM event WHERE site_id = $1", world.site.site_id)
    return count

"""The command `asbuilt`. Verbs are loaded when they are called, so that `asbuilt --help` waits for none of them."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from asbuilt import __version__
from asbuilt.cli.exits import explained

if not __debug__:
    raise SystemExit(
        "asbuilt does not start under python -O: the checks that keep a bug out of the record would be off. "
        "Start it without -O and unset PYTHONOPTIMIZE."
    )


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb is to be found, and what it is for."""

    module: str
    command: str
    help: str


SETTING_UP = {
    "demo": Verb("asbuilt.cli.demo.command", "demo", "Build a plant full of units, serve it and say what to try."),
    "init": Verb("asbuilt.cli.init", "init", "Make the database, the first site and the accounts."),
    "migrate": Verb("asbuilt.cli.migrate", "migrate", "Bring the database up to date with this version."),
    "sites": Verb("asbuilt.cli.sites", "sites", "List and add sites."),
    "user": Verb("asbuilt.cli.user", "user", "People: add, list, password, role, activate, deactivate."),
    "token": Verb("asbuilt.cli.token", "token", "Devices and systems: add, list, revoke."),
    "serve": Verb("asbuilt.cli.serve", "serve", "Serve the pages and the HTTP interface."),
}
RECORDING = {
    "definitions": Verb("asbuilt.cli.definitions", "definitions", "What a plant has, as files: apply, check, export."),
    "capture": Verb("asbuilt.cli.capture", "capture", "Record the events in a file, one JSON object a line."),
    "serial": Verb("asbuilt.cli.serial", "serial", "Issue serial numbers."),
    "order": Verb("asbuilt.cli.order", "order", "Work orders: list, show, release, split, hold, resume, close."),
    "setup": Verb("asbuilt.cli.setup", "setup", "What stations are set up with: activate, load, unload, verify."),
    "panel": Verb("asbuilt.cli.panel", "panel", "Boards that are worked on as one panel: place, start, complete."),
    "material": Verb("asbuilt.cli.material", "material", "Lots that become other lots: split, repack, mix."),
    "component": Verb(
        "asbuilt.cli.component", "component", "Components: pick, install, use-kit, remove, swap, disassemble."
    ),
    "defect": Verb("asbuilt.cli.defect", "defect", "Defects: list, record, disposition, repair."),
    "label": Verb("asbuilt.cli.label", "label", "Labels of units and lots: SVG, PDF and ZPL."),
    "import": Verb("asbuilt.cli.import_documents", "import_documents", "Take over documents of other systems."),
}
ASKING = {
    "unit": Verb("asbuilt.cli.unit", "unit", "A unit as it stands."),
    "units": Verb("asbuilt.cli.units", "units", "Lists of units."),
    "lot": Verb("asbuilt.cli.lot", "lot", "A lot as it stands."),
    "history": Verb("asbuilt.cli.history", "history", "What happened to a unit or lot."),
    "as-built": Verb("asbuilt.cli.as_built", "as_built", "What a unit is made of, now or at a time."),
    "where-used": Verb("asbuilt.cli.where_used", "where_used", "Where a unit or lot went, at all levels."),
    "genealogy": Verb("asbuilt.cli.genealogy", "genealogy", "Closures of units and lots: export, compare."),
    "recall": Verb(
        "asbuilt.cli.recall", "recall", "Recalls: simulate, open, freeze, hold, notice, disposition, close, report."
    ),
    "bom": Verb("asbuilt.cli.bom", "bom", "Bills of materials, and what a unit should contain."),
    "completeness": Verb("asbuilt.cli.completeness", "completeness", "Whether all is recorded that parts ask for."),
    "work-centers": Verb("asbuilt.cli.lists", "work_centers", "Work centers."),
    "equipment": Verb("asbuilt.cli.lists", "equipment", "Stations, and where they are."),
    "codes": Verb("asbuilt.cli.lists", "codes", "Codes of defects, reasons and other lists."),
    "interlock": Verb("asbuilt.cli.interlock", "interlock", "Whether an operation may be done on a unit or lot."),
    "refusals": Verb("asbuilt.cli.stopped", "refusals", "What the interlock refused, why, and what was overridden."),
    "yield": Verb("asbuilt.cli.yields", "yield_", "What was made, yields, defects, units stuck, times."),
    "spc": Verb("asbuilt.cli.spc", "spc", "Control charts and capability of what was measured."),
    "commonality": Verb("asbuilt.cli.commonality", "commonality", "What failing units have in common."),
    "duplicates": Verb("asbuilt.cli.duplicates", "duplicates", "Duplicates from outside that wait for a decision."),
    "export": Verb("asbuilt.cli.export_documents", "export_documents", "Write documents for other systems."),
    "scan": Verb("asbuilt.cli.scan", "scan", "What is in a bar code, matrix code or RFID tag."),
    "epc": Verb("asbuilt.cli.epc", "epc", "Codes of RFID tags: EPC URNs to hexadecimal, and back."),
}
KEEPING = {
    "verify": Verb("asbuilt.cli.verify", "verify", "Read the whole ledger again and name every broken event."),
    "rebuild": Verb("asbuilt.cli.rebuild", "rebuild", "Fold every table again from the ledger, and compare."),
    "index": Verb(
        "asbuilt.cli.index", "index", "The genealogy index, by which a whole fleet is counted: build, status."
    ),
    "reference": Verb("asbuilt.cli.reference", "reference", "Write docs/reference: rules, events, schema."),
}

SECTIONS: tuple[tuple[str, dict[str, Verb]], ...] = (
    ("Setting up", SETTING_UP),
    ("Recording", RECORDING),
    ("Asking", ASKING),
    ("Keeping", KEEPING),
)
VERBS: dict[str, Verb] = {**SETTING_UP, **RECORDING, **ASKING, **KEEPING}


class Verbs(click.Group):
    """The group of all verbs, which loads only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        command: click.Command = getattr(import_module(verb.module), verb.command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Sections of verbs, from the list above."""
        for title, verbs in SECTIONS:
            with formatter.section(title):
                formatter.write_dl([(name, verb.help) for name, verb in verbs.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as in click
        with explained():
            return super().invoke(ctx)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="asbuilt", message="%(prog)s %(version)s")
def command() -> None:
    """The record of individually serialized units: what each is, what went into it, and where it is now.

    Exit codes: 0 done, 1 not found or different, 2 usage, 3 refused by a rule, 4 the database cannot be used.
    """


def main() -> None:
    """Run the command line."""
    command(prog_name="asbuilt")

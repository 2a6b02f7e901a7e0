"""`asbuilt scan`: what is in a bar code, matrix code or RFID tag. Asks no database."""

import json
import sys

import click

from asbuilt.cli.arriving import arriving_lines
from asbuilt.cli.exits import Exit
from asbuilt.cli.opening import site_option
from asbuilt.core.identifiers.reading import Reading
from asbuilt.core.identifiers.scan import SCAN_MAX, read

LINE_MAX = 4 * SCAN_MAX + 1
"""Bytes of a line that are kept: more than the longest scan has, so that one that is too long is seen as such."""


@click.group()
def scan() -> None:
    """What scanners, cameras and RFID readers deliver."""


@scan.command()
@click.argument("text", default="-", metavar="[STRING|-]")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object, as is always done for lines of the input.")
@click.option(
    "--company-prefix-length",
    type=click.IntRange(6, 12),
    metavar="DIGITS",
    help="Length of the GS1 company prefix, 6 to 12, to tell the EPC of a GS1 key.",
)
def decode(*, text: str, as_json: bool, company_prefix_length: int | None) -> None:
    """Tell every identifier in a scan, and what is wrong with it.

    Reads GS1 element strings (with FNC1 as GS, bracketed, with a symbology identifier), GS1 Digital Link, EPC URNs and
    tag memory in hexadecimal, ISO/IEC 15434 envelopes, HIBC, ISBT 128, and plain serial numbers. Without STRING, or
    with -, every line of the input is a scan and answered by a JSON object on a line of its own. The exit code is 1
    where STRING is not valid; of lines, each answer says so itself.
    """
    if text == "-":
        _answer_lines(company_prefix_length)
        return
    reading = read(text, company_prefix_length=company_prefix_length)
    click.echo(_as_json(text, reading) if as_json else _as_lines(reading), nl=False)
    if not reading.is_valid:
        raise click.exceptions.Exit(Exit.NOT_FOUND)


@scan.command()
@click.argument("text", default="-", metavar="[STRING|-]")
@site_option
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object, as is always done for lines of the input.")
def resolve(*, text: str, site: str | None, as_json: bool) -> None:
    """Tell which unit, lot or container a scan means here: one, several to choose from, or none.

    Without STRING, or with -, every line of the input is a scan and answered by a JSON object on a line of its own. The
    exit code is 1 where STRING does not mean one thing.
    """
    # Imported here, because decoding needs no database.
    from asbuilt.cli.opening import open_plant
    from asbuilt.queries.scans import Outcome
    from asbuilt.queries.scans import resolve as resolved
    from asbuilt.queries.wire import encode

    with open_plant(site) as plant:
        if text == "-":
            for texts in arriving_lines(line_max=LINE_MAX):
                with plant.database.reading(plant.site) as reader:
                    answers = [encode(resolved(reader, one)) + b"\n" for one in texts]
                sys.stdout.buffer.write(b"".join(answers))
                sys.stdout.buffer.flush()
            return
        with plant.database.reading(plant.site) as reader:
            found = resolved(reader, text)
    if as_json:
        click.echo(encode(found))
    else:
        named = [f"{match.kind} {match.name}  {match.status}" for match in found.matches]
        named += [f"container {one}" for one in found.containers] + [f"work order {one}" for one in found.work_orders]
        named += [f"part {one}" for one in found.part_numbers] + [f"recall {one}" for one in found.recalls]
        click.echo("\n".join([*named, found.message] if found.message else named))
    if found.outcome is not Outcome.KNOWN:
        raise click.exceptions.Exit(Exit.NOT_FOUND)


def _answer_lines(company_prefix_length: int | None) -> None:
    """Answer every line of stdin as soon as it has arrived."""
    out = sys.stdout.buffer
    for texts in arriving_lines(line_max=LINE_MAX):
        answers = (_as_json(text, read(text, company_prefix_length=company_prefix_length)) for text in texts)
        out.write("".join(answers).encode("utf-8", "replace"))
        out.flush()


def _as_json(text: str, reading: Reading) -> str:
    record = {
        "input": text,
        "valid": reading.is_valid,
        "scheme": reading.scheme.value,
        "elements": [{"id": element.id, "value": element.value} for element in reading.elements],
        "digital_link": reading.digital_link,
        "epc": reading.epc,
        "errors": [{"code": fault.code, "message": fault.message} for fault in reading.faults],
    }
    return f"{json.dumps(record, ensure_ascii=False)}\n"


def _as_lines(reading: Reading) -> str:
    """For people."""
    facts = [("scheme", reading.scheme.value), *((element.id, element.value) for element in reading.elements)]
    facts += [("digital link", reading.digital_link or ""), ("epc", reading.epc or "")]
    width = max(len(name) for name, _ in facts)
    shown = [f"{name:<{width}}  {value}\n" for name, value in facts if value]
    return "".join(shown + [f"not valid: {fault.message} ({fault.code})\n" for fault in reading.faults])

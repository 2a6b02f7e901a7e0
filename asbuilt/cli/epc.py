"""`asbuilt epc`: Electronic Product Codes between their URNs and RFID tags. Asks no database."""

import sys
from collections.abc import Callable

import click

from asbuilt.cli.arriving import arriving_lines
from asbuilt.cli.exits import Exit
from asbuilt.core.identifiers.epc.codec import Coded, decoded, encoded
from asbuilt.core.identifiers.reading import Fault

LINE_MAX = 4096
"""Bytes of a line that are kept; nothing that can be read is longer, and memory stays bounded."""

Translated = Callable[[str], Coded | Fault]
Answer = Callable[[Coded], str | Fault]
Line = Callable[[str, Coded | Fault, str | Fault], str]


@click.group()
def epc() -> None:
    """Electronic Product Codes: from URNs to what is written on RFID tags, and back."""


@epc.command()
@click.argument("urn", default="-", metavar="[URN|-]")
@click.option(
    "--filter",
    "filter_value",
    type=click.IntRange(0, 63),
    default=0,
    show_default=True,
    metavar="N",
    help="Filter value for pure identity URNs and Digital Links.",
)
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object a line.")
def encode(*, urn: str, filter_value: int, as_json: bool) -> None:
    """Give the EPC memory of a tag, in hexadecimal, for an EPC tag URN, pure identity URN or GS1 Digital Link.

    A tag URN says how it is coded. For a pure identity URN the shortest form is taken that can hold it. For a Digital
    Link it is a + scheme of TDS 2, or the ++ scheme if its domain is not id.gs1.org. Without a URN, or with -, every
    line of the input is taken for one and answered by one line; the line is empty where there is no answer, stderr says
    why, and the exit code is 1.
    """

    def translated(text: str) -> Coded | Fault:
        return encoded(text, filter_value=filter_value)

    _answer(urn, translated, lambda done: done.hex, as_json=as_json)


@epc.command()
@click.argument("digits", default="-", metavar="[HEX|-]")
@click.option("--identity", is_flag=True, help="Give the pure identity URN, without coding and filter value.")
@click.option("--raw", is_flag=True, help="Give a raw URN where the header is unknown, instead of refusing it.")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object a line.")
def decode(*, digits: str, identity: bool, raw: bool, as_json: bool) -> None:
    """Give the EPC tag URN for the EPC memory of a tag in hexadecimal.

    For the + and ++ schemes of TDS 2, which have no URN, it is the GS1 Digital Link instead. Without HEX, or with -,
    every line of the input is taken for it and answered by one line; the line is empty where there is no answer, stderr
    says why, and the exit code is 1.
    """

    def translated(text: str) -> Coded | Fault:
        return decoded(text, unknown_as_raw=raw)

    _answer(digits, translated, _identity if identity else lambda done: done.tag, as_json=as_json)


def _identity(done: Coded) -> str | Fault:
    if done.epc is None:
        return Fault("no-identity", f"{done.tag[:80]} has no pure identity URN; leave out --identity")
    return done.epc


def _answer(argument: str, translated: Translated, answer: Answer, *, as_json: bool) -> None:
    """Answer the argument, or every line of stdin as soon as there is one; exit code 1 where one had no answer."""
    line: Line = _as_json() if as_json else _plain
    number = bad = 0
    out = sys.stdout.buffer
    for texts in arriving_lines(line_max=LINE_MAX) if argument == "-" else iter([[argument]]):
        answers = []
        complaints = []
        for text in texts:
            number += 1
            done = translated(text)
            given = done if isinstance(done, Fault) else answer(done)
            answers.append(line(text, done, given))
            if isinstance(given, Fault):
                bad += 1
                complaints.append(f"line {number}: {given.message}\n")
        out.write("".join(answers).encode("utf-8", "replace"))
        # All that arrived is answered, and whoever sent it may be waiting.
        out.flush()
        if complaints and not as_json:
            click.echo("".join(complaints), err=True, nl=False)
    if bad:
        raise click.exceptions.Exit(Exit.NOT_FOUND)


def _plain(text: str, done: Coded | Fault, given: str | Fault) -> str:
    return "\n" if isinstance(given, Fault) else f"{given}\n"


def _as_json() -> Line:
    # Imported here, because the plain answers need it not.
    import json

    def line(text: str, done: Coded | Fault, given: str | Fault) -> str:
        fault = given if isinstance(given, Fault) else None
        found = None if isinstance(done, Fault) else done
        errors = [] if fault is None else [{"code": fault.code, "message": fault.message}]
        record = {
            "input": text,
            "valid": fault is None,
            "hex": found.hex if found else None,
            "tag": found.tag if found else None,
            "epc": found.epc if found else None,
            "errors": errors,
        }
        return f"{json.dumps(record, ensure_ascii=False)}\n"

    return line

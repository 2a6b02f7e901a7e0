"""Printers by name and address, as the environment and the command line write them."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from asbuilt.core.identifiers.text import NameProblem, checked_name

PORT = 9100
"""Where label printers take raw ZPL."""

RESOLUTIONS = (203, 300, 600)
"""Dots per inch of print heads."""

_PORT_MAX = 65535


class PrinterProblem(ValueError):
    """A printer that cannot be understood, or is not known; the text says how to write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """A label printer that takes ZPL over TCP. dpi: of its print head."""

    name: str
    host: str
    port: int = PORT
    dpi: int = RESOLUTIONS[0]

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def printer_at(url: str, *, name: str = "") -> Printer:
    """The printer that tcp://HOST:PORT?dpi=300 means. Raises PrinterProblem."""
    try:
        parts = urlsplit(url.strip())
        port = PORT if parts.port is None else parts.port
    except ValueError as problem:
        raise _not_understood(url) from problem
    asked = parse_qs(parts.query, keep_blank_values=True)
    dpi = asked.pop("dpi", [str(RESOLUTIONS[0])])
    is_plain = parts.scheme == "tcp" and parts.username is None and parts.path in ("", "/") and not parts.fragment
    if not is_plain or not parts.hostname or not 1 <= port <= _PORT_MAX or asked:
        raise _not_understood(url)
    if len(dpi) != 1 or dpi[0] not in map(str, RESOLUTIONS):
        raise PrinterProblem(f"printer {url!r}: dpi is {dpi[0]!r}; it is one of {', '.join(map(str, RESOLUTIONS))}")
    found = Printer(name=name, host=parts.hostname, port=port, dpi=int(dpi[0]))
    return found if name else Printer(name=f"tcp://{found.address}", host=found.host, port=port, dpi=found.dpi)


def printers_in(text: str) -> tuple[Printer, ...]:
    """The printers of NAME=tcp://HOST:PORT,NAME=… in order. Raises PrinterProblem."""
    found: dict[str, Printer] = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        name, is_given, url = entry.partition("=tcp:")
        try:
            name = checked_name(name, what="name of a printer")
        except NameProblem as problem:
            raise PrinterProblem(str(problem)) from problem
        if not is_given:
            raise PrinterProblem(f"{entry!r} names no printer; write NAME=tcp://HOST:PORT, separated by commas")
        if name in found:
            raise PrinterProblem(f"printer {name!r} is given twice; give each its own name")
        found[name] = printer_at(f"tcp:{url}", name=name)
    return tuple(found.values())


def printer_named(printers: tuple[Printer, ...], name: str) -> Printer:
    """The printer of that name. Raises PrinterProblem."""
    for printer in printers:
        if printer.name == name:
            return printer
    if not printers:
        raise PrinterProblem("no printer is set up; name one in ASBUILT_PRINTERS, such as LINE-3=tcp://10.0.4.17:9100")
    there = ", ".join(printer.name for printer in printers)
    raise PrinterProblem(f"there is no printer {name!r}; there is {there}")


def _not_understood(url: str) -> PrinterProblem:
    return PrinterProblem(f"{url!r} is no address of a printer; write tcp://HOST:PORT, such as tcp://10.0.4.17:9100")

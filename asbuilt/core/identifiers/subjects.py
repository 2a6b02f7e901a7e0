"""What an event can be about: parts, lots, units and what they are made under.

Each is a frozen value. Two are equal when their normal forms are, so a unit scanned in lower case is the same unit.
`key` is that normal form as one text; the ledger gives every subject a number of its own.

Spelling (accepted everywhere, written everywhere):

    part   PUMP-200            or  ACME:PUMP-200
    unit   PUMP-200/000123     or  ACME:PUMP-200/000123
    lot    CAP-100N/L2619      or  ACME:CAP-100N/L2619

Before the first colon stands the issuer, who gave the number; without it the site's own issuer is meant. Before the
first slash stands the part number. A colon, slash or percent sign inside an issuer or part number is written %3A, %2F
or %25; in a serial or lot number only the percent sign needs that.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import Self

from asbuilt.core.identifiers.text import NameProblem, checked_name, normal_form

_ESCAPE = {"%": "%25", "/": "%2F", ":": "%3A"}
_ESCAPED = re.compile(r"%(25|2F|3A)", re.IGNORECASE)
_SEPARATOR = "\x1f"


class SubjectKind(IntEnum):
    """The kinds of subject, as numbered in the ledger. Numbers are never re-used."""

    ISSUER = 1
    PART = 2
    UNIT = 3
    LOT = 4
    WORK_ORDER = 5
    SPECIFICATION = 6
    STATION = 7
    ROUTING = 8
    TOOL = 9
    OPERATOR = 10
    BILL_OF_MATERIALS = 11
    WORK_CENTER = 12
    CODE_LIST = 13
    SETUP_LIST = 14
    RECALL = 15


class Subject(tuple[str]):  # noqa: SLOT001 - a tuple cannot have slots with values
    """A name with an identity: a tuple of its key, so that equality, hash and order are the tuple's own and fast.

    key: kind and normal form as one text. name: as written. All attributes are fixed when it is made.
    """

    kind: SubjectKind
    what: str
    name: str

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    @property
    def key(self) -> str:
        return self[0]

    @property
    def name_key(self) -> str:
        """The normal form of the name itself, without its scope."""
        return self[0].rpartition(_SEPARATOR)[2]

    @property
    def scope(self) -> "Subject | None":
        """The subject within which the name is unique, or None for the whole site."""
        return None


class _SiteWide(Subject):
    """A name unique in its site."""

    def __new__(cls, name: str) -> Self:
        name = checked_name(name, what=cls.what)
        subject = tuple.__new__(cls, (f"{cls.kind:d}{_SEPARATOR}{normal_form(name)}",))
        subject.__dict__["name"] = name
        return subject


class Issuer(_SiteWide):
    """The organisation that gave a number: a company, a supplier, a BPNL, a GS1 company prefix."""

    kind = SubjectKind.ISSUER
    what = "issuer"


@lru_cache(maxsize=1024)
def _issuer(name: str) -> Issuer:
    # Few and often asked for: by every unit, through its part.
    return Issuer(name)


class WorkOrder(_SiteWide):
    """A production order (ISA-95 operations request, ERP order)."""

    kind = SubjectKind.WORK_ORDER
    what = "work order"


class Specification(_SiteWide):
    """A numbered set of characteristics with their limits, with its revision: `ICT-4500/3`."""

    kind = SubjectKind.SPECIFICATION
    what = "specification"


class Routing(_SiteWide):
    """How a part is made, with its revision: `R-PUMP/2`."""

    kind = SubjectKind.ROUTING
    what = "routing"


class BillOfMaterials(_SiteWide):
    """What a part is made of, with its revision: `BOM-PUMP/3`."""

    kind = SubjectKind.BILL_OF_MATERIALS
    what = "bill of materials"


class SetupList(_SiteWide):
    """What a station is set up with for a job, with its revision: `SU-CHIP-3310/2`."""

    kind = SubjectKind.SETUP_LIST
    what = "setup list"


class Recall(_SiteWide):
    """What is called back, by the number under which everybody speaks of it: `RC-2026-004`."""

    kind = SubjectKind.RECALL
    what = "recall"


class WorkCenter(_SiteWide):
    """A part of a plant with stations in it (ISA-95 work center: a line, a cell, a storage zone)."""

    kind = SubjectKind.WORK_CENTER
    what = "work center"


class CodeList(_SiteWide):
    """A kind of code, with all its codes: `defect`, `reason`, `scrap`."""

    kind = SubjectKind.CODE_LIST
    what = "code list"


class Tool(_SiteWide):
    """A tool or instrument that is told apart by its number."""

    kind = SubjectKind.TOOL
    what = "tool"


class Operator(_SiteWide):
    """Somebody who does work, by the name under which events say so."""

    kind = SubjectKind.OPERATOR
    what = "operator"


class Station(_SiteWide):
    """A place where work is done or material is fed (ISA-95 work unit)."""

    kind = SubjectKind.STATION
    what = "station"


class Part(Subject):
    """A design or type: part number within its issuer."""

    kind = SubjectKind.PART
    what = "part number"
    issuer: str
    spelled: str

    def __new__(cls, issuer: str, part_number: str) -> Self:
        issuer = checked_name(issuer, what="issuer")
        part_number = checked_name(part_number, what=cls.what)
        scoped = f"{normal_form(issuer)}{_SEPARATOR}{normal_form(part_number)}"
        part = tuple.__new__(cls, (f"{cls.kind:d}{_SEPARATOR}{scoped}",))
        spelled = f"{_escaped(issuer)}:{_escaped(part_number)}"
        part.__dict__.update(issuer=issuer, name=part_number, spelled=spelled)
        return part

    @property
    def part_number(self) -> str:
        return self.name

    @property
    def scope(self) -> Issuer:
        return _issuer(self.issuer)

    def __str__(self) -> str:
        return self.spelled


class _OfPart(Subject):
    """A number within a part."""

    part: Part

    def __new__(cls, part: Part, number: str) -> Self:
        number = checked_name(number, what=cls.what)
        subject = tuple.__new__(cls, (f"{cls.kind:d}{part[0]}{_SEPARATOR}{normal_form(number)}",))
        subject.__dict__.update(part=part, name=number)
        return subject

    @property
    def scope(self) -> Part:
        return self.part

    @property
    def issuer(self) -> str:
        return self.part.issuer

    @property
    def part_number(self) -> str:
        return self.part.name

    def __str__(self) -> str:
        number = self.name.replace("%", "%25") if "%" in self.name else self.name
        return f"{self.part.spelled}/{number}"


class Unit(_OfPart):
    """One individual: serial number within issuer and original part number."""

    kind = SubjectKind.UNIT
    what = "serial number"

    @property
    def serial_number(self) -> str:
        return self.name


class Lot(_OfPart):
    """A group of material made or received together: lot number within issuer and part number."""

    kind = SubjectKind.LOT
    what = "lot number"

    @property
    def lot_number(self) -> str:
        return self.name


@lru_cache(maxsize=4096)
def part_named(text: str, *, own_issuer: str) -> Part:
    """The part spelled `part` or `issuer:part`. Raises NameProblem."""
    issuer, colon, part_number = text.partition(":")
    if not colon:
        return Part(own_issuer, _plain(text))
    return Part(_plain(issuer), _plain(part_number))


def unit_named(text: str, *, own_issuer: str) -> Unit:
    """The unit spelled `part/serial` or `issuer:part/serial`. Raises NameProblem."""
    part, number = _part_and_number(text, own_issuer)
    return Unit(part, number)


def lot_named(text: str, *, own_issuer: str) -> Lot:
    """The lot spelled `part/lot` or `issuer:part/lot`. Raises NameProblem."""
    part, number = _part_and_number(text, own_issuer)
    return Lot(part, number)


def _part_and_number(text: str, own_issuer: str) -> tuple[Part, str]:
    part, slash, number = text.partition("/")
    if not slash:
        raise NameProblem(f"{text!r} names no part; write it as part_number/number or issuer:part_number/number")
    return part_named(part, own_issuer=own_issuer), _plain(number)


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "%" in text else text


def _escaped(text: str) -> str:
    return text.translate(_ESCAPING)


_ESCAPING = str.maketrans(_ESCAPE)

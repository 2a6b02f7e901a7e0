"""What was read off a carrier: the identifiers in it, and what is wrong with it. The common answer of all parsers."""

from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """By which rules a scan was read."""

    GS1 = "gs1"
    """GS1 element string: application identifiers and their values (GS1 General Specifications, section 3)."""
    DIGITAL_LINK = "gs1-digital-link"
    """GS1 Digital Link URI."""
    EPC_URN = "epc-urn"
    """EPC pure identity or tag URN (GS1 EPC Tag Data Standard, sections 6 and 12)."""
    EPC_BINARY = "epc-binary"
    """EPC memory bank of an RFID tag, in hexadecimal (TDS, section 14)."""
    ISO_15434 = "iso-15434"
    """ISO/IEC 15434 envelope."""
    MH10 = "mh10"
    """A single ANSI MH10.8.2 data identifier with its value, without an envelope."""
    HIBC = "hibc"
    """HIBCC Health Industry Bar Code (ANSI/HIBC 2.6)."""
    ICCBBA = "iccbba"
    """ISBT 128 data structures as used in UDI (ICCBBA ST-001, ST-017)."""
    PLAIN = "plain"
    """Nothing but a text, such as a serial number."""


@dataclass(frozen=True, slots=True)
class Element:
    """One identifier or attribute. id: application identifier, data identifier or field of its scheme: `01`, `25S`."""

    id: str
    value: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a scan. code: stable, lower case, with hyphens; message: for the person who scans."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A scan as it was read. Where there is a fault, nothing may be done on the strength of it.

    elements: in the order in which they were read. digital_link: canonical URI, where the scheme has one. epc: pure
    identity URN, where it follows from the scan alone.
    """

    scheme: Scheme
    elements: tuple[Element, ...] = ()
    digital_link: str | None = None
    epc: str | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.faults

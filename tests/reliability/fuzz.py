"""`python -m tests.reliability.fuzz PARSER [libFuzzer options]`: bytes that atheris makes, led into one parser.

What a parser may do with any text at all is answer; an exception ends the run and is printed with its input.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["asbuilt"]):
    from asbuilt.core.identifiers import hibc, iccbba
    from asbuilt.core.identifiers.epc.codec import decode, encode
    from asbuilt.core.identifiers.gs1.digital_link import read_digital_link
    from asbuilt.core.identifiers.gs1.elements import read_bracketed, read_elements
    from asbuilt.core.identifiers.mh10.data_identifiers import read_data_identifier
    from asbuilt.core.identifiers.mh10.envelopes import read_envelope
    from asbuilt.core.identifiers.scan import read
    from asbuilt.exchange.definitions.reading import read_text

AT = datetime(2026, 3, 1, tzinfo=UTC)

PARSERS: dict[str, Callable[[str], object]] = {
    "scan": lambda text: read(text, company_prefix_length=7),
    "elements": read_elements,
    "bracketed": read_bracketed,
    "digital-link": read_digital_link,
    "epc-urn": encode,
    "epc-tag": decode,
    "envelope": lambda text: read_envelope(text, gs1=read_elements),
    "data-identifier": read_data_identifier,
    "hibc": hibc.read,
    "iccbba": iccbba.read,
    "definitions": lambda text: read_text(text, name="plant.yaml", own_issuer="ACME", at=AT),
}


def main() -> None:
    parser = PARSERS[sys.argv.pop(1)]

    def once(data: bytes) -> None:
        parser(atheris.FuzzedDataProvider(data).ConsumeUnicode(len(data)))

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Goes through a JSON text value by value: exact numbers, doubled keys noticed."""

import json
import re
from collections import Counter
from decimal import Decimal, InvalidOperation

DIGITS_OF_INTEGER_MAX = 300
"""Longer whole numbers are read as decimals: Python refuses to read very long ones as integers."""

_SPACE = re.compile(r"[ \t\n\r]*")


class Scanner:
    """Goes through a JSON text value by value. Raises JSONDecodeError."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.doubled: list[str] = []
        """The keys that stood twice in an object of the last value."""
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_float=_decimal, parse_int=_integer, parse_constant=_not_finite
        )
        self._step()

    def _step(self, characters: int = 0) -> None:
        found = _SPACE.match(self._text, self._at + characters)
        self._at = found.end() if found else self._at

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.doubled.extend(key for key, count in counts.items() if count > 1)
        return made

    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def is_at(self, character: str) -> bool:
        return self._text.startswith(character, self._at)

    def skip(self, character: str) -> bool:
        if not self.is_at(character):
            return False
        self._step(1)
        return True

    def expect(self, character: str) -> None:
        if not self.skip(character):
            raise json.JSONDecodeError(f"expected {character}", self._text, self._at)

    def key(self) -> str:
        if not self.is_at('"'):
            raise json.JSONDecodeError("expected a key in quotes", self._text, self._at)
        key = self.value()
        assert isinstance(key, str), "what begins with a quote is a string"
        self.expect(":")
        return key

    def value_and_text(self) -> tuple[object, str]:
        """The next value, and how it is written."""
        start = self._at
        self.doubled = []
        value, end = self._decoder.raw_decode(self._text, start)
        self._at = end
        self._step()
        return value, self._text[start:end]

    def skip_to(self, pattern: re.Pattern[str]) -> None:
        """Go on behind the next place that a pattern matches, or at the end when there is none."""
        found = pattern.search(self._text, self._at)
        self._at = found.end() if found else len(self._text)

    def value(self) -> object:
        return self.value_and_text()[0]


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        return Decimal("NaN")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= DIGITS_OF_INTEGER_MAX else _decimal(text)


def _not_finite(text: str) -> Decimal:
    """NaN and infinities are no JSON, but common; they are refused where they stand, not with their whole file."""
    return Decimal(text)

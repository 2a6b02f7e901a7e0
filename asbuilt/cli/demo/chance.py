"""Chance that comes out the same on every machine: whole numbers only, from one seed."""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from asbuilt.ledger.codec import microseconds

T = TypeVar("T")

_THREE_16_BIT_NUMBERS = 48
_MIDDLE = 3 * 0xFFFF // 2


class Chance:
    """Draws for the demo plant. Nothing here is secret, and nothing needs to be."""

    def __init__(self, seed: str) -> None:
        self._bits = random.Random(seed).getrandbits  # noqa: S311 - reproducible on purpose

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, and without, `limit`."""
        return self._bits(32) * limit >> 32

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def happens(self, in_ten_thousand: int) -> bool:
        """Whether something happens that happens so many times in ten thousand."""
        return self.below(10_000) < in_ten_thousand

    def among(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[self.below(len(choices))]

    def around(self, middle: int, spread: int) -> int:
        """A number in the shape of a bell around `middle`, never further off than `spread` (three sigma)."""
        bits = self._bits(_THREE_16_BIT_NUMBERS)
        total = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32)
        return middle + (total - _MIDDLE) * spread // (_MIDDLE + 1)

    def event_id(self, moment: datetime) -> UUID:
        """A UUIDv7 of that time."""
        return _version_7(microseconds(moment) // 1000, self._bits(74))


def named_id(seed: str, name: str, moment: datetime) -> UUID:
    """The event id of an event that is to be found again without making the plant once more."""
    digest = int.from_bytes(hashlib.sha256(f"{seed} {name}".encode()).digest())
    return _version_7(microseconds(moment) // 1000, digest & (2**74 - 1))


def _version_7(milliseconds: int, chance: int) -> UUID:
    """Time, version, 12 bits, variant, 62 bits. Source: RFC 9562, section 5.7."""
    head = milliseconds << 80 | 0x7 << 76 | (chance >> 62) << 64
    return UUID(int=head | 0b10 << 62 | chance & (2**62 - 1))

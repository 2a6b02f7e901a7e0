"""Ids for events that this program makes itself on behalf of a caller."""

import os
import time
from uuid import UUID


def new_event_id() -> UUID:
    """A UUIDv7: time-ordered, so that the index over event ids grows at its end. Source: RFC 9562, section 5.7."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10))
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | (chance >> 64 & 0xFFF) << 64
    return UUID(int=value | 0b10 << 62 | chance & (2**62 - 1))

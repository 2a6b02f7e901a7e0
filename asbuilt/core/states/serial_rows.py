"""What is known of serial numbers around a batch: profiles, ranges, used and voided numbers, who bears a serial."""

from dataclasses import dataclass, field

from asbuilt.core.identifiers.serial_format import number_in, parsed
from asbuilt.core.identifiers.subjects import Part, Unit
from asbuilt.core.states.records.serials import EnterpriseSerial, SerialNumber, SerialProfile, SerialRange
from asbuilt.core.states.rows import Rows


@dataclass(slots=True)
class SerialRows:
    """The rows, and the ways to find them."""

    profiles: Rows[Part, SerialProfile] = field(default_factory=Rows)
    ranges: Rows[int, SerialRange] = field(default_factory=Rows)
    numbers: Rows[int, SerialNumber] = field(default_factory=Rows)
    enterprise: Rows[int, EnterpriseSerial] = field(default_factory=Rows)

    is_watched: bool = False
    """Whether any profile of the site makes serials unique beyond their part; otherwise nobody asks who bears one."""
    bearers: dict[str, set[Unit]] = field(default_factory=dict)
    """The units of the site that bear a serial (its normal form), of the serials in the batch."""
    elsewhere: dict[str, set[str]] = field(default_factory=dict)
    """Keys of the parts that bear a serial at other sites, as far as it is unique in the enterprise."""
    next_numbers: dict[Part, int] = field(default_factory=dict)
    """The next number of the counters, locked, of parts whose numbers the batch reserves."""
    ranges_of: dict[Part, set[int]] = field(default_factory=dict)
    numbers_at: dict[tuple[Part, int], int] = field(default_factory=dict)
    """Sequences of used and voided numbers, by part and number."""
    voids: dict[Unit, int] = field(default_factory=dict)

    def ranges_for(self, part: Part) -> list[SerialRange]:
        found = (self.ranges.get(sequence) for sequence in sorted(self.ranges_of.get(part, ())))
        return [one for one in found if one is not None]

    def range_of(self, unit: Unit) -> tuple[SerialRange, int] | None:
        """The range whose number a unit bears, and the number."""
        if unit.part not in self.ranges_of:
            return None
        numbers: dict[str, int | None] = {}
        for one in self.ranges_for(unit.part):
            if one.serial_format not in numbers:
                numbers[one.serial_format] = number_in(parsed(one.serial_format), unit.serial_number)
            number = numbers[one.serial_format]
            if number is not None and one.first_number <= number <= one.last_number:
                return one, number
        return None

    def taken(self, part: Part, number: int) -> SerialNumber | None:
        """What became of a number of a range, if anything did."""
        sequence = self.numbers_at.get((part, number))
        return None if sequence is None else self.numbers.get(sequence)

    def void(self, unit: Unit) -> SerialNumber | None:
        """The voiding of a serial number."""
        sequence = self.voids.get(unit)
        return None if sequence is None else self.numbers.get(sequence)

    def index_range(self, one: SerialRange) -> None:
        self.ranges_of.setdefault(one.part, set()).add(one.sequence)

    def index_number(self, one: SerialNumber) -> None:
        if one.number is not None:
            self.numbers_at[one.unit.part, one.number] = one.sequence
        if one.is_void:
            self.voids[one.unit] = one.sequence

    def add_number(self, one: SerialNumber) -> None:
        self.numbers.put(one.sequence, one)
        self.index_number(one)

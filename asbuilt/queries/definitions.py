"""What is defined here, as it was recorded: the definition events of parts, routings, tools and so on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from asbuilt.core.events.event import Event
from asbuilt.core.identifiers.subjects import Subject
from asbuilt.ledger.codec import stored_event
from asbuilt.ledger.database import Names, Reader
from asbuilt.ledger.subjects import Directory

PAGE = 500

# Pages of the subjects that have a definition of a kind (serve exporting them, and saying what a file leaves out).
PARTS = "SELECT part_id FROM part_state WHERE site_id = $1 AND part_id > $2 ORDER BY part_id LIMIT $3"
SERIAL_PROFILES = "SELECT part_id FROM serial_profile WHERE site_id = $1 AND part_id > $2 ORDER BY part_id LIMIT $3"
SPECIFICATIONS = """
SELECT specification_id FROM specification_state WHERE site_id = $1 AND specification_id > $2
ORDER BY specification_id LIMIT $3
"""
ROUTINGS = "SELECT routing_id FROM routing_state WHERE site_id = $1 AND routing_id > $2 ORDER BY routing_id LIMIT $3"
TOOLS = "SELECT DISTINCT tool_id FROM tool_calibration WHERE site_id = $1 AND tool_id > $2 ORDER BY tool_id LIMIT $3"
OPERATORS = """
SELECT DISTINCT operator_id FROM operator_qualification WHERE site_id = $1 AND operator_id > $2
ORDER BY operator_id LIMIT $3
"""
BILLS = "SELECT bill_id FROM bill_state WHERE site_id = $1 AND bill_id > $2 ORDER BY bill_id LIMIT $3"
SETUP_LISTS = """
SELECT setup_list_id FROM setup_list_state WHERE site_id = $1 AND setup_list_id > $2 ORDER BY setup_list_id LIMIT $3
"""
WORK_CENTERS = """
SELECT work_center_id FROM work_center_state WHERE site_id = $1 AND work_center_id > $2
ORDER BY work_center_id LIMIT $3
"""
EQUIPMENT = """
SELECT station_id FROM equipment_state WHERE site_id = $1 AND station_id > $2 ORDER BY station_id LIMIT $3
"""
CODES = """
SELECT DISTINCT code_list_id FROM code_state WHERE site_id = $1 AND code_list_id > $2 ORDER BY code_list_id LIMIT $3
"""
# What was said of some subjects by events of some types, and whether it was taken back since (serves comparing files).
SAID_OF = """
SELECT event.sequence, event.payload, correction.sequence IS NOT NULL
FROM event LEFT JOIN correction ON correction.corrected_sequence = event.sequence
WHERE event.subject_id = ANY($1) AND event.event_type = ANY($2)
"""


@dataclass(frozen=True, slots=True)
class Said:
    """An event that was recorded. counts: it was not corrected since."""

    sequence: int
    event: Event
    counts: bool


def subject_ids(reader: Reader, listing: str) -> Iterator[int]:
    """The subjects that have a definition of a kind, by one of the listings above."""
    after = 0
    while True:
        page = [row[0] for row in reader.rows(listing, reader.site.site_id, after, PAGE)]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]


def ids_of(reader: Reader, subjects: Iterable[Subject]) -> dict[Subject, int]:
    """The ledger's numbers of those subjects that it knows."""
    directory = Directory(reader, Names())
    wanted = set(subjects)
    directory.find(wanted)
    return {subject: directory.ids[subject] for subject in wanted if subject in directory.ids}


def names_of(reader: Reader, ids: Sequence[int]) -> list[Subject]:
    """The subjects with these numbers, in order."""
    found = Directory(reader, Names()).subjects(ids)
    return [found[one] for one in ids]


def said_of(reader: Reader, ids: Sequence[int], event_types: Iterable[type[Event]]) -> Iterator[Said]:
    """What events of some types say of some subjects, in order of recording within each page of subjects."""
    names = [event_type.__name__ for event_type in event_types]
    for start in range(0, len(ids), PAGE):
        rows = reader.rows(SAID_OF, list(ids[start : start + PAGE]), names)
        for sequence, payload, is_corrected in sorted(rows, key=lambda row: int(row[0])):
            yield Said(sequence=sequence, event=stored_event(bytes(payload)), counts=not is_corrected)

"""What the rules would say to some events, one after the other, without recording any."""

from collections.abc import Sequence

from asbuilt.core.events.event import Event
from asbuilt.core.rules.catalogue import broken_rules
from asbuilt.core.rules.rule import Broken
from asbuilt.core.states.fold import fold
from asbuilt.ledger.database import Database, Site
from asbuilt.ledger.looking import Looking
from asbuilt.ledger.subjects import Directory
from asbuilt.projections.around import around
from asbuilt.projections.corrections import END_OF_LEDGER
from asbuilt.projections.write import subject_of


def tried(database: Database, site: Site, events: Sequence[Event]) -> list[tuple[Broken, ...]]:
    """The rules that each event would break, were those before it recorded that break none.

    Another process may record something the moment after, and the capture judges again.
    """
    found = []
    with database.reading(site) as reader:
        looking = Looking(reader)
        known = around(looking, events, Directory(looking, database.known_names())).known
        for sequence, event in enumerate(events, start=END_OF_LEDGER):
            broken = tuple(broken_rules(event, known))
            if not broken:
                subject = subject_of(event, known)
                fold(known, event, sequence=sequence)
                known.remember(event, sequence=sequence, subject=subject)
            found.append(broken)
    return found

"""What units were exposed to, read of the genealogy index.

Units about which anything was recorded since the index was built, or about something in them, are left to whoever
reads rows; the others have in the index what they have in the tables.
"""

from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from asbuilt.ledger.database import Reader
from asbuilt.projections.fleet.arrays import NOBODY
from asbuilt.projections.fleet.index import Index
from asbuilt.projections.fleet.live import Live
from asbuilt.projections.fleet.tables import I32, I64, UNIT
from asbuilt.projections.fleet.tail import tail_since
from asbuilt.queries.commonality.factors import IN_UNIT, Factor
from asbuilt.queries.commonality.gathering import Gathering
from asbuilt.queries.commonality.indexed_components import Down, components_of
from asbuilt.queries.commonality.indexed_work import work_of
from asbuilt.queries.fleet.walk import rows_of

Mask = NDArray[np.bool_]


def gather(
    reader: Reader, index: Index, found: Gathering, until: I64 | None, *, wanted: frozenset[Factor], zone: tzinfo
) -> Mask:
    """Put into `found` what its units have; give which of them are left to be read by rows.

    until: for each unit the time after which nothing counts; None: all counts. Raises IndexUnfit.
    """
    arrays = index.arrays
    live = Live(arrays, tail_since(reader, index.of.sequence))
    numbers = arrays.numbers(found.units)
    down = Down(arrays)
    is_left: Mask = (numbers == NOBODY) | _leads_to(down, _changed(live, down), numbers)
    asked = np.where(is_left, np.int32(NOBODY), numbers).astype(np.int32)
    if wanted - IN_UNIT:
        work_of(reader, arrays, found, asked, until, wanted=wanted, zone=zone)
    if wanted & IN_UNIT:
        components_of(reader, down, found, asked, until, wanted=wanted)
    return is_left


def _changed(live: Live, down: Down) -> Mask:
    """Subjects about which, or about what is directly in them, the index may say what is not so any more."""
    arrays, tail = live.arrays, live.tail
    tables = tail.tables
    changed = np.zeros(len(arrays.ids) + 1, np.bool_)  # the last stands for whoever is not in the index
    if tail.events:
        for ids in (tail.remade, tables.links.parent, tables.passes.unit):
            changed[arrays.numbers(ids)] = True
        changed[down.parents_of(arrays.numbers(tail.components))] = True
        restated = arrays.numbers(tail.restated)
        restated = restated[restated != NOBODY]
        changed[restated[(arrays.marks[restated] & UNIT) != 0]] = True
        for windows in (arrays.windows, live.windows):
            chosen = np.flatnonzero(np.isin(windows.lot, live.numbers(tail.remade)) | (windows is live.windows))
            changed[arrays.passes.unit[rows_of(windows.first[chosen], windows.last[chosen])]] = True
        changed[down.parents_of(_otherwise(live))] = True
    changed[down.parents_of(np.flatnonzero(arrays.details().thing.codes == 0).astype(np.int32))] = True
    return changed[:-1]


def _otherwise(live: Live) -> I32:
    """Lots that are something else since."""
    own, states = live.arrays.details().thing, live.tail.tables.states
    texts = {text: code for code, text in enumerate(own.texts)}
    now = {
        subject: texts.get(states.thing.texts[code], NOBODY)
        for subject, code in zip(states.subject.tolist(), states.thing.codes.tolist(), strict=True)
    }
    ids = live.tail.restated
    numbers = live.arrays.numbers(ids)
    codes = np.array([now.get(subject, 0) for subject in ids.tolist()], np.int32)
    is_known = numbers != NOBODY
    known = numbers[is_known]
    found: I32 = known[own.codes[known] != codes[is_known]]
    return found


def _leads_to(down: Down, changed: Mask, numbers: I32) -> Mask:
    """Which of some subjects are, or have inside, something that changed."""
    if not changed.any():
        return np.zeros(len(numbers), np.bool_)
    return down.with_all_above(changed)[numbers]

"""For verbs that go through very many objects."""

import gc

OBJECTS_UNTIL_COLLECTION = 50_000


def collect_rarely() -> None:
    """Let Python look for circles of garbage less often: there are next to none, and looking took a tenth of the time.

    What was loaded so far stays for good and is not looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_UNTIL_COLLECTION, 20, 100)

"""The digests that chain the events: what they are for ever, and that no two entries share one."""

from hypothesis import given
from hypothesis import strategies as st

from asbuilt.ledger.digest import FIRST, entry_digest, payload_digest

ENTRY = {
    "sequence": 7,
    "site_id": 1,
    "record_time": 1_772_452_800_000_000,
    "actor": "anna",
    "source": "SCANNER-7",
    "subject_id": 42,
    "subject_version": 3,
    "previous_digest": FIRST,
    "digest_of_payload": payload_digest(b"{}"),
}


def test_digests_are_these_for_ever():
    assert payload_digest(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert entry_digest(**ENTRY).hex() == "d9aa081204853960d92df9db314d05b6052f873ae90bca601e5c308246fd318f"


numbers = st.integers(0, 2**62)
entries = st.fixed_dictionaries(
    {
        "sequence": numbers,
        "site_id": numbers,
        "record_time": st.integers(-(2**62), 2**62),
        "actor": st.text(max_size=4),
        "source": st.text(max_size=4),
        "subject_id": numbers,
        "subject_version": numbers,
        "previous_digest": st.binary(min_size=32, max_size=32),
        "digest_of_payload": st.binary(min_size=32, max_size=32),
    }
)


@given(entries, st.sampled_from(sorted(ENTRY)), st.data())
def test_whatever_is_changed_changes_the_digest(entry, field, data):
    other = {**entry, field: data.draw(entries)[field]}
    assert (entry_digest(**other) == entry_digest(**entry)) == (other == entry)


def test_texts_do_not_run_into_each_other():
    one = entry_digest(**{**ENTRY, "actor": "anna", "source": "7"})
    assert one != entry_digest(**{**ENTRY, "actor": "anna7", "source": ""})
    assert one != entry_digest(**{**ENTRY, "actor": "", "source": "anna7"})

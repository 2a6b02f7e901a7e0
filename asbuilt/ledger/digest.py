"""The digests that chain the events about a subject."""

from hashlib import sha256

FIRST = bytes(32)
"""The previous digest of the first event about a subject."""


def payload_digest(payload: bytes) -> bytes:
    """SHA-256 of the stored bytes."""
    return sha256(payload).digest()


def entry_digest(
    *,
    sequence: int,
    site_id: int,
    record_time: int,
    actor: str,
    source: str,
    subject_id: int,
    subject_version: int,
    previous_digest: bytes,
    digest_of_payload: bytes,
) -> bytes:
    """SHA-256 over everything the ledger says of an event: what we added, what came before, what was sent.

    The next event about the subject carries it as its previous digest, the subject as its head digest.
    Fields are length-prefixed or fixed in size, so that no two entries have the same input.
    """
    actor_bytes, source_bytes = actor.encode(), source.encode()
    return sha256(
        b"asbuilt entry 1\n"
        + b"%d %d %d %d %d %d %d\n"
        % (
            sequence,
            site_id,
            record_time,
            subject_id,
            subject_version,
            len(actor_bytes),
            len(source_bytes),
        )
        + actor_bytes
        + source_bytes
        + previous_digest
        + digest_of_payload
    ).digest()

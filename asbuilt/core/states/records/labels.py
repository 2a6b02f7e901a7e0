"""What becomes of a label that is to be printed."""

from enum import StrEnum


class JobState(StrEnum):
    """How far a print job is."""

    QUEUED = "queued"
    """Waits for its turn."""
    SENDING = "sending"
    """Is being sent to the printer."""
    SENT = "sent"
    """The printer took it; nothing is to be done."""
    FAILED = "failed"
    """Nothing of it reached the printer; it is tried again by itself."""
    UNKNOWN = "unknown"
    """It broke off on the way, so that it may be printed or not; a person says which, and it is not sent again."""
    GIVEN_UP = "given_up"
    """It was not printed, and is not tried again by itself."""

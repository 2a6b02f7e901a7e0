"""The append-only record: append, read, verify. The only writer of events."""

"""Tables folded from the ledger, written in the same transaction, and folded again at any time."""

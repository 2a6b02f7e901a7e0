"""Outside documents to events and back, one folder of one shape each."""

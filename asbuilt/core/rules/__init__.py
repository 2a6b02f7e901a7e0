"""What must hold before an event is recorded. One pure function each; `catalogue.RULES` is the whole list."""

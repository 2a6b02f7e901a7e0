"""Sets of edges, parent by component, that somebody else keeps: taken over, written out and compared."""

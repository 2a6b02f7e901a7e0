"""The records folded from events, one frozen row each; the projections keep them as tables of the same names."""

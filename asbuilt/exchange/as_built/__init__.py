"""The as-built record on paper."""

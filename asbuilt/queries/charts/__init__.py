"""Control charts: pure functions over arrays of exact whole numbers. Definitions: docs/concepts/spc.md."""

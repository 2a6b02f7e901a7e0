"""asbuilt: the record of truth for individually serialized units."""

__version__ = "0.1.0"

"""Catena-X SerialPart, Batch and SingleLevelBomAsBuilt documents (3.0.0, 4.0.0) to events and back."""

"""The names of things and how they are spelled."""

"""What is in a unit compared with what should be, or with what was at another time."""

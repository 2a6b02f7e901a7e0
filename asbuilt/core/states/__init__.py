"""What is true after what has happened: records, and how each event changes them. Only what rules and records ask."""

"""What importing has in common whatever the format: reading files, recording events, saying what was found."""

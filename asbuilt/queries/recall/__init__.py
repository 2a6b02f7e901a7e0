"""What is called back: found by what it has in common, counted with bounds, and followed until it is closed."""

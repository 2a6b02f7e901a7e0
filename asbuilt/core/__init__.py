"""What can happen, what is then true and what must hold. Standard library only: no clock, no I/O, no environment."""

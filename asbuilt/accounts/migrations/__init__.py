"""Steps that bring the accounts tables up to date."""

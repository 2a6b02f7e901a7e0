"""What failing units have in common that others have not. Why so: docs/decisions/0045."""

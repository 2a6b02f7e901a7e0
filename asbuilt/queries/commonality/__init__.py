"""What failing units have in common that others have not. Definitions: docs/concepts/commonality.md."""

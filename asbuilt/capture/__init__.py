"""The one way in: read, decide, append, project, in one transaction; then answer."""

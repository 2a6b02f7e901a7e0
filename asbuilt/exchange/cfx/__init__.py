"""IPC-CFX messages (IPC-2591) to events."""

"""GS1: element strings and Digital Link URIs, read, checked against the standards' rules, and written."""

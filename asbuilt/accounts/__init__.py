"""Who may come in: people, device tokens, roles and sites. Turns a request into an Actor."""

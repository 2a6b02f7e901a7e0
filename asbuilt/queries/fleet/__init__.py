"""Where-used over a whole fleet: walks over the genealogy index, and what they find, counted."""

"""Files that say what a plant has (parts, specifications, routings, tools, people) ⇄ definition events."""

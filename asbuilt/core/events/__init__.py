"""What can happen. Facts in the past tense, one module per room; `catalogue.EVENT_TYPES` is the whole list."""

"""The demo plant: a maker of infusion pump controllers, from the first reel of resistors to the last return."""

"""What is said of a panel, and the events of its boards."""

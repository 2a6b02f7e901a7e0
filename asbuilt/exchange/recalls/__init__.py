"""What many events of one decision are made of: settling what a recall covers, and holding it."""

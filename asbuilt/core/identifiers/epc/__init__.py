"""Electronic Product Codes: their URNs, their binary form on RFID tags, and the GS1 elements they stand for."""

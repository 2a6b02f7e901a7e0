"""ISO/IEC 15434 envelopes and the data identifiers of ANSI MH10.8.2 in them."""

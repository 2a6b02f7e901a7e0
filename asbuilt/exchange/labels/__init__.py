"""Marks and labels: symbols that were read again before they are given, on labels of true size, as SVG, PDF and ZPL."""

"""Cases and scorers that measure how well requests are understood."""

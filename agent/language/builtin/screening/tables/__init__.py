"""The word tables of the screen, as data."""

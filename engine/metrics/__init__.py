"""Figures of a finished run: the summary, the wider statistics and why a figure has no value."""

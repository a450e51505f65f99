"""Bars and where they come from: timeframes, resampling, quality, lookup, files, the demo market."""

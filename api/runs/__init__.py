"""Runs: what is under way in a thread or on a record, the log of its events, and the streams that show it."""

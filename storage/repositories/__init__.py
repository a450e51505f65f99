"""Rows to records and back, one file a noun. Every method takes the owner, every statement asks for it."""

"""Verdicts on answers: what was understood, field by field, whatever notation it is written in."""

"""The first improvement loop: diagnose, propose, search, judge; then a variant, or "leave it"."""

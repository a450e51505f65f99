"""Searching the parameters of a spec: which values, in which order, measured how, ranked by what."""

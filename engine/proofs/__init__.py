"""Proofs: facts about an accepted spec that are checked by machine and carried as data.

Three questions: does any operand see past its bar (`causality`), can the entry and the exit ever fire
(`satisfiability`), how far in can the account get (`exposure`).
"""

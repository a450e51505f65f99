"""Signals: conditions over operand columns, in three-valued logic, to one truth per bar."""

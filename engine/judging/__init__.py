"""One strategy judged: what the selection part says of it among all trials of its data, and one look beyond."""

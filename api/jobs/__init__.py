"""Jobs: work that is asked for in one moment and carried out in another, each with its own record as the truth."""

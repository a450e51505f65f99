"""The conversation: what a person asked for, worked out step by step; it knows no HTTP and no tables."""

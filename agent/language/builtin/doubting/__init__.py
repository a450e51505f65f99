"""What a request says twice, against itself, or beyond what can happen: each finding is one thing to ask for."""

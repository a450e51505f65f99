"""The second pass: what a well-shaped spec says, checked subject by subject."""

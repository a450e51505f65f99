"""What every request passes: the strict reading of its body, the guards around it, the shape of a refusal."""

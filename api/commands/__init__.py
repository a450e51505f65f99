"""One module for each command of `kek`; what is heavy is imported inside the command that needs it."""

__all__: list[str] = []

"""The surfaces of KEK Mix: the command line now, the service on top of the same parts later."""

__all__: list[str] = []

"""The wire form: a strategy and a reply as a language model writes them, and the way to a spec and back."""

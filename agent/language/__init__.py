"""The port to whatever reads a person's words, and its adapters: the built-in interpreter, a model, recorded ones."""

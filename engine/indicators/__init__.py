"""Indicators: what a spec can name (`catalog`), and its columns over bars (`store`)."""

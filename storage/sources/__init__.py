"""Where candles can be fetched from; each source imports its library only when it is used."""

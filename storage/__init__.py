"""What is kept: candles and records, mapped to and from files and tables; it decides nothing."""

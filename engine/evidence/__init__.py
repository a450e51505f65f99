"""What may be believed: splits of the data and inference on Sharpe ratios."""

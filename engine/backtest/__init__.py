"""A backtest: a spec and bars in, fills, equity and a judged result out."""

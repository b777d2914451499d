"""The databases that a dataset can live in, each behind what `base.py` asks of it."""

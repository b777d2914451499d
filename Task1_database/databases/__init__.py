"""The databases that a dataset can live in, each behind what `database.py` asks of it."""

"""Checks of a live service, from outside: the notebook and `verify`."""

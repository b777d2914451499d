"""A live service, asked in every way it offers."""

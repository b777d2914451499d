"""The service for people: a page each, with what it shows."""

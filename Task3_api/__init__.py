"""The web service that answers from a sealed model."""

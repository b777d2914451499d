"""Many rows at once: an upload in, the same rows with their answers out."""

"""One file a noun, mirroring the source."""

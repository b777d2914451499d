"""The service as a running server, and how its health is checked."""

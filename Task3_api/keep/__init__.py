"""The service's memory, where one asks for it: what was answered, and what came true."""

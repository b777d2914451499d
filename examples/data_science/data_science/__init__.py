"""A package of one's own, with a model that Tablecast finds by its entry point."""

"""From a feature_store to a sealed model and its report."""

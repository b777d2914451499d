"""Datasets, databases, and the SQL that makes a feature_store of raw tables."""

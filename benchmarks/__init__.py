"""What the documents claim, measured against something else in the same run."""

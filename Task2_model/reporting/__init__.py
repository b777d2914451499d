"""What the report is made of: aggregating SQL, comparisons, figures and computed sentences."""

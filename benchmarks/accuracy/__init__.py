"""How small the errors are: Tablecast as shipped beside what a user would train instead."""

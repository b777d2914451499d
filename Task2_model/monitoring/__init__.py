"""After launch: whether the promise is kept, what moved, and what is to be expected."""

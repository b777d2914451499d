"""What a user would train instead; runs in an environment of its own, `.bench/accuracy`.

Each module holds the models of one library by their names, as `MODELS`. A model takes a `Task` and
returns its predictions of the rows to be evaluated on: values, or the probability of each class.
"""

"""Many files of any size, answered without a service by many processes, here or on Dask."""

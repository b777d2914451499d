"""`make images-test`: the images and compose.yml, built and run for real, where no registry is.

Debian's own packages give the Docker engine, and stand-ins for the base images that the Dockerfiles
name; everything lives in a temporary folder and ends with the run.
"""

"""What a service says of itself, on standard error: lines with the time as requests have it."""

from __future__ import annotations

import logging
import time

from flask import Flask
from flask.logging import default_handler

LINE = "%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s"


def register(app: Flask) -> None:
    """Have an app tell what it serves, and what goes wrong."""
    form = logging.Formatter(LINE, "%Y-%m-%dT%H:%M:%S")
    form.converter = time.gmtime
    default_handler.setFormatter(form)
    app.logger.setLevel(logging.INFO)

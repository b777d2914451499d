"""`python -m Task3_api.server`: the service in a container; MODELS or MODEL_DIR names the model."""

from __future__ import annotations

import argparse
import os
import sys

from Task1_database.errors import TablecastError
from Task2_model.artifact import SealedModel
from Task3_api.current_model import model_folder, pinned
from Task3_api.server.servers import SERVERS
from Task3_api.settings import OPEN, check, is_open, settings


def main() -> None:
    """Check that there is a sound model, and serve it."""
    parser = argparse.ArgumentParser(prog="python -m Task3_api.server")
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "5000")))
    options = parser.parse_args()
    os.environ["TABLECAST_ADDRESS"] = options.host
    os.environ.setdefault("TABLECAST_LOG", "most")
    try:
        configured = settings(os.environ)
        check(configured)
        SealedModel.open(model_folder(os.environ), pinned(os.environ))
    except TablecastError as error:
        sys.exit(f"tablecast: {error}")
    if is_open(configured):
        print(f"{OPEN} `tablecast key NAME` makes one.", file=sys.stderr, flush=True)
    SERVERS[options.server](options.host, options.port)


if __name__ == "__main__":
    main()

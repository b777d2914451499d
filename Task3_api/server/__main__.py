"""`python -m Task3_api.server`: the service in a container; MODELS or MODEL_DIR names models."""

from __future__ import annotations

import argparse
import os
import sys

from Task1_database.errors import TablecastError
from Task1_database.keep.open_keep import check_keep
from Task2_model.artifact import SealedModel
from Task3_api.keep.kept import KeepSettings
from Task3_api.server.serve import check_models
from Task3_api.server.servers import SERVERS, workers
from Task3_api.settings import OPEN, check, is_open, settings, whole_number


def main() -> None:
    """Check that there is a sound model, and serve it."""
    parser = argparse.ArgumentParser(prog="python -m Task3_api.server")
    parser.add_argument("--server", choices=SERVERS, default="granian")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104
    parser.add_argument("--port", type=int, help="by default $PORT, or 5000")
    options = parser.parse_args()
    os.environ["TABLECAST_ADDRESS"] = options.host
    os.environ.setdefault("TABLECAST_LOG", "most")
    try:
        port = whole_number(os.environ, "PORT", 5000) if options.port is None else options.port
        workers()
        configured = settings(os.environ)
        check(configured)
        kept = KeepSettings.of(configured).url
        for found in check_models(os.environ).values():
            if kept and isinstance(found, SealedModel):
                check_keep(kept, found.contract.dataset)
    except TablecastError as error:
        sys.exit(f"tablecast: {error}")
    if is_open(configured):
        print(f"{OPEN} `tablecast key NAME` makes one.", file=sys.stderr, flush=True)
    SERVERS[options.server](options.host, port)


if __name__ == "__main__":
    main()

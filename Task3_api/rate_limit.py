"""How much a client may ask: as much as it likes, unless TABLECAST_LIMIT says otherwise.

A client is a key, or where there are none an address; of IPv6 the network of 64 bits, which is
what a single client is given. Each process of a service counts for itself, so that a client whose
connections several of them hold may ask as many times as much, unless TABLECAST_LIMIT_STORAGE names
what they all count in; while that is away, each counts for itself again.
"""

from __future__ import annotations

import math
import time
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.exceptions import TooManyRequests

from Task3_api.access import FREE
from Task3_api.problems import on_http_error

if TYPE_CHECKING:
    from flask_limiter import Limiter

EXTENSION = "tablecast.limiter"
NETWORK_BITS = 64


def register(app: Flask, door: Flask | None = None) -> None:
    """Limit the clients of `app`, if it is configured to; after `access`, which knows the keys.

    What they ask of `door`, and of its other apps, counts as well.
    """
    limit = app.config["LIMIT"]
    if not limit:
        return
    from flask_limiter import RateLimitExceeded  # noqa: PLC0415 (most have no limit)

    limiter: Limiter = (
        door.extensions[EXTENSION] if door else _limiter(limit, app.config["LIMIT_STORAGE"])
    )
    limiter.init_app(app)
    app.extensions[EXTENSION] = limiter

    def refuse(_: Exception) -> Response:
        """The 429, which says when to come again."""
        reached = limiter.current_limit
        seconds = max(1, math.ceil(reached.reset_at - time.time())) if reached else 1
        words = f"no more than {limit} may be asked; try again in {seconds} s"
        return on_http_error(TooManyRequests(words, retry_after=seconds))

    app.register_error_handler(RateLimitExceeded, refuse)


def _limiter(limit: str, storage: str) -> Limiter:
    from flask_limiter import Limiter  # noqa: PLC0415

    limiter = Limiter(
        client, application_limits=[limit], storage_uri=storage, in_memory_fallback_enabled=True
    )
    limiter.request_filter(is_free)
    return limiter


def is_free() -> bool:
    """Whether the request counts for nothing: health checks, and files of pages."""
    return request.endpoint in FREE - {"login.enter_key"}


def client() -> str:
    """Who asks."""
    if g.key_name:
        return f"key {g.key_name}"
    address = request.remote_addr or ""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(int(parsed) >> (128 - NETWORK_BITS))
    return address

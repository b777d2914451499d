"""Every request has an identity, which its answer echoes and the log repeats.

`flask.g` has `request_id`, `key_name` (whose key the request came with; None where none is asked
for) and `begun` (by `time.perf_counter`); on the fast path the FastRequest has them.
"""

from __future__ import annotations

import os
import random
import re
import time
from typing import TypeVar

from flask import Response, g, request

from Task3_api.fast_path import FastRequest, FastResponse, on_fast_path

HEADER = "X-Request-Id"
BEGUN = "tablecast.begun"  # in a WSGI environment, where the server knows when the request came
ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{1,64}")  # of what a client proposes; no log is misled by it

_random = random.Random(os.urandom(32))  # noqa: S311 (ids are no secrets, and asked for often)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _random.seed(os.urandom(32)))

AnyResponse = TypeVar("AnyResponse", Response, FastResponse)


@on_fast_path
def begin(fast: FastRequest | None = None) -> None:
    """Give the request the identity that its client proposes, or else one of its own."""
    if fast is not None:
        fast.request_id = accepted_or_new(fast.header(HEADER.lower().encode()))
        return
    g.begun = request.environ.get(BEGUN) or time.perf_counter()
    g.request_id = accepted_or_new(request.headers.get(HEADER))
    g.key_name = None


@on_fast_path
def echo(response: AnyResponse) -> AnyResponse:
    """Tell the client."""
    source = response.request if isinstance(response, FastResponse) else g
    response.headers[HEADER] = source.request_id
    return response


def accepted_or_new(proposed: str | None) -> str:
    """The proposed identity where it is acceptable, otherwise 128 random bits."""
    if proposed and ACCEPTED.fullmatch(proposed):
        return proposed
    return f"{_random.getrandbits(128):032x}"

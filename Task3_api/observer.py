"""Watches every request to its end: then it is counted, and the log has its line."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from Task3_api.access_log import AccessLine, AccessLog
from Task3_api.fast_path import PATH, FastRequest, FastResponse, on_fast_path
from Task3_api.metrics import Metrics, metrics_of
from Task3_api.problems import asked_path
from Task3_api.tally import Tally

AnyResponse = TypeVar("AnyResponse", Response, FastResponse)


def register(app: Flask, name: str, door: Flask | None = None) -> None:
    """Watch the requests of `app`; before other hooks, so that it is the last to see an answer.

    Counted as `name`, together with those of `door`, if it is a part of that service.
    """
    metrics = metrics_of(door) if door else Metrics()
    metrics.watch(name, app)
    log = AccessLog(app.config["LOG"])
    app.after_request(Observer(partial(metrics.count, name), log, app.config["PROXIES"]).end)


class Observer:
    """Tells metrics and log of each request.

    Parameters
    ----------
    count : callable
        `Metrics.count`, but for the name.
    proxies : int
        In front of the service: the client's address is what the first of them says.
    """

    def __init__(self, count: Callable[..., None], log: AccessLog, proxies: int = 0) -> None:
        self._count, self._log = count, log
        self._proxies = proxies and ProxyFix(_nothing, x_for=proxies)

    @on_fast_path
    def end(self, response: AnyResponse) -> AnyResponse:
        """Tell of it now, or, where the answer is still to be sent, once it is."""
        if isinstance(response, FastResponse):
            self._tell_fast(response.request, response)
            return response
        rule = request.url_rule
        tell = partial(
            self._tell,
            g.begun,
            rule.rule if rule else "none",
            AccessLine(
                request.remote_addr or "-",
                g.key_name,
                request.method,
                asked_path(),
                response.status_code,
                0.0,
                g.request_id,
            ),
            g.get("tally"),
        )
        if response.is_streamed:
            response.call_on_close(tell)
        else:
            tell()
        return response

    def _tell_fast(self, fast: FastRequest, response: FastResponse) -> None:
        tally = Tally()
        tally.add_answers(response.answers)
        names = self._client(fast), fast.key_name, fast.method, fast.root + fast.path
        line = AccessLine(*names, 200, 0.0, fast.request_id)
        self._tell(fast.begun, PATH, line, tally, self._log.takes_fast or fast.method == "POST")

    def _client(self, fast: FastRequest) -> str:
        if not self._proxies:
            return fast.peer
        forwarded = fast.header(b"x-forwarded-for") or ""
        environ = {"REMOTE_ADDR": fast.peer, "HTTP_X_FORWARDED_FOR": forwarded}
        self._proxies(environ, _nothing)
        return environ["REMOTE_ADDR"]

    def _tell(
        self,
        begun: float,
        route: str,
        line: AccessLine,
        tally: Tally | None,
        is_logged: bool = True,
    ) -> None:
        seconds = time.perf_counter() - begun
        self._count(line.method, route, line.status, seconds, tally)
        if is_logged:
            self._log.write(line._replace(seconds=seconds))


def _nothing(*_: Any) -> Any:
    """A WSGI app, and what it would begin to answer with."""
    return []

"""The service as granian runs it: what waits for a client waits here, and holds no thread.

A body is taken whole before a thread reads it, and an answer is made no faster than its client
takes it. So a client that is slow, or silent, costs a few kilobytes, and nobody else any time.
What answers is the Flask app, as under any other server (PEP 3333); the most frequent request has
a fast path, which takes neither a thread nor Flask.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from flask import Flask

from Task3_api.access import may_ask
from Task3_api.app import create_app
from Task3_api.fast_path import FastPath, FastRequest
from Task3_api.mounts import locate, served_lines
from Task3_api.request_body import SPOOLED
from Task3_api.request_id import BEGUN
from Task3_api.server.answer_spool import AnswerSpool
from Task3_api.server.body_spool import BodySpool, Receive
from Task3_api.upload_slots import EXTENSION as UPLOADS
from Task3_api.upload_slots import IN_MEMORY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Scope = dict[str, Any]
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

THREADS = 4  # for what is asked without a file; more would wait for each other, for Python's lock
FILES = 2  # at once; they keep the processors busy, and further ones wait for their turn
SWITCH_SECONDS = 1e-3  # after which a thread at work on a file lets others go on
UPLOADED = {"/batch_prediction", "/batch_prediction/results"}  # paths that take files
WHOLE = 1 << 18  # bytes; an answer that is no longer is sent in one piece


class Reply(NamedTuple):
    """What the app answered: the body whole, or as pieces that are still to be made."""

    status: int
    headers: Headers
    body: bytes
    pieces: Iterator[bytes] | None = None
    close: Callable[[], object] = bool


class AsgiService:
    """The Flask app, or the apps of several models, as ASGI has it.

    Parameters
    ----------
    app : Flask
        As `create_app` makes it. Its STALLED_SECONDS are how long a client may send nothing of its
        body, or take nothing of its answer.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stalled_seconds: int = app.config["STALLED_SECONDS"]
        self._small = ThreadPoolExecutor(THREADS)
        self._large = ThreadPoolExecutor(FILES)
        self._fast_paths: dict[Flask, FastPath] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = time.perf_counter()
        none = io.BytesIO()
        app, root = locate(self._app, scope["path"])
        if root:
            scope = {**scope, "root_path": root, "path": scope["path"].removeprefix(root)}
        if not has_body(scope):
            reply = self._at_once(app, scope, begun, b"")
            reply = reply or await self._answer(app, scope, begun, none, self._small)
            await self._reply(reply, receive, send)
            return
        if not may_ask(app, environment(scope, io.BytesIO())):
            reply = await self._answer(app, scope, begun, none, self._small)
            await self._reply(reply, receive, send)
            return
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file, self._spool(scope, file) as spool:
            body = await spool.fill(receive)
            pool = self._large if spool.size > IN_MEMORY else self._small
            reply = None
            if pool is self._small and spool.size == content_length(scope):  # whole, and in memory
                reply = self._at_once(app, scope, begun, body.read())
                body.seek(0)
            reply = reply or await self._answer(app, scope, begun, body, pool)
            await self._reply(reply, receive, send)

    def _spool(self, scope: Scope, file: Any) -> BodySpool:
        setting = "MAX_UPLOAD_LENGTH" if scope["path"] in UPLOADED else "MAX_CONTENT_LENGTH"
        largest = self._app.config[setting]
        slots = self._app.extensions[UPLOADS]
        return BodySpool(file, largest, content_length(scope), self._stalled_seconds, slots)

    def _at_once(self, app: Flask, scope: Scope, begun: float, body: bytes) -> Reply | None:
        method, path, query = scope["method"], scope["path"], scope["query_string"]
        peer, root = scope["client"][0], scope.get("root_path", "")
        request = FastRequest(method, path, query, scope["headers"], peer, begun, root, body)
        fast_path = self._fast_paths.get(app) or self._fast_paths.setdefault(app, FastPath(app))
        response = fast_path.answer(request)
        if response is None:
            return None
        return Reply(200, [encoded(*pair) for pair in response.headers.items()], response.data)

    async def _answer(
        self, app: Flask, scope: Scope, begun: float, body: IO[bytes], pool: ThreadPoolExecutor
    ) -> Reply:
        loop = asyncio.get_running_loop()
        environ = environment(scope, body) | {BEGUN: begun}
        return await loop.run_in_executor(pool, self._ask_flask, app, environ)

    def _ask_flask(self, app: Flask, environ: WSGIEnvironment) -> Reply:
        started: list[Any] = []

        def start_response(status: str, headers: Iterable[tuple[str, str]], _: Any = None) -> Any:
            started[:] = int(status[:3]), [encoded(*pair) for pair in headers]

        body = app.wsgi_app(environ, start_response)
        close = getattr(body, "close", bool)
        status, headers = started
        length = dict(headers).get(b"content-length", b"")
        if (length and int(length) <= WHOLE) or environ["REQUEST_METHOD"] == "HEAD":
            try:
                return Reply(status, headers, b"".join(body))
            finally:
                close()
        return Reply(status, headers, b"", iter(body), close)

    async def _reply(self, reply: Reply, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": reply.status, "headers": reply.headers}
        await send(start)
        if reply.pieces is None:
            await send(_body(reply.body))
            return
        try:
            await self._stream(reply, receive, send)
        finally:
            await asyncio.get_running_loop().run_in_executor(self._large, reply.close)

    async def _stream(self, reply: Reply, receive: Receive, send: Send) -> None:
        """Send piece after piece; an error breaks the connection, and no answer looks whole."""
        client_left = asyncio.ensure_future(_client_left(receive))
        try:
            with tempfile.TemporaryFile() as file:
                pieces = AnswerSpool(file).pieces(reply.pieces or (), self._large)
                async with aclosing(pieces):
                    async for piece in pieces:
                        if client_left.done():
                            return
                        async with asyncio.timeout(self._stalled_seconds):
                            await send(_body(piece, more_body=True))
            await send(_body(b""))
        finally:
            client_left.cancel()


def service() -> AsgiService:
    """What granian runs in each of its workers."""
    sys.setswitchinterval(SWITCH_SECONDS)
    app = create_app()
    for line in served_lines(app):
        app.logger.info("%s", line)
    return AsgiService(app)


@lru_cache(256)
def encoded(name: str, value: str) -> tuple[bytes, bytes]:
    """A header as it goes over the wire; most are the same in every answer."""
    return name.lower().encode(), value.encode("latin-1")


def has_body(scope: Scope) -> bool:
    """Whether a request announces a body."""
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def content_length(scope: Scope) -> int | None:
    """The bytes that a request announces; None where it does not say."""
    with suppress(KeyError, ValueError):
        return int(dict(scope["headers"])[b"content-length"])
    return None


def environment(scope: Scope, body: IO[bytes]) -> WSGIEnvironment:
    """A request as PEP 3333 has it, its body being `body`."""
    host, port = scope["server"]
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1" if scope["http_version"] == "1.1" else "HTTP/1.0",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        SPOOLED: True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:  # X_Forwarded_For would pass for X-Forwarded-For
            key = name.decode("latin-1").upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


def _body(data: bytes, *, more_body: bool = False) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": more_body}


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

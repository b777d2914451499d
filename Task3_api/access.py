"""Who may ask: everybody, or, where the service knows keys, who has one.

Programs send a key with each request (`Authorization: Bearer KEY`, RFC 6750). People enter theirs
once, on a page, and from then on have a cookie, signed, which scripts cannot read and other sites
cannot use.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from Task3_api.fast_path import FastRequest, on_fast_path
from Task3_api.keys import KeyHash, KeyRing

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

EXTENSION = "tablecast.keys"
FREE = {  # endpoints
    *("api.healthz", "api.readyz", "login.page", "login.enter_key", "static"),
    *(f"inference_protocol.{name}" for name in ("live", "ready", "model_ready")),
}
ENTRY = "entry"  # in the cookie: by which of the keys it was given
SCHEME = "bearer "


def register(app: Flask) -> None:
    """Ask for a key, where `app` is configured with any."""
    ring = app.extensions[EXTENSION] = KeyRing.parse(app.config["KEYS"])
    if not ring:
        return
    app.secret_key = app.config["SECRET"] or ring.secret()
    app.permanent_session_lifetime = timedelta(days=7)
    app.config["SESSION_COOKIE_NAME"] = "tablecast"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.session_interface = Cookies()
    app.before_request(Access(ring).check)


class Cookies(SecureCookieSessionInterface):
    """Flask's, signed and HttpOnly; sent back over HTTPS alone where they were given so."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """As the request came."""
        return request.is_secure


class Access:
    """Lets those in who have one of the keys, and says in `g.key_name` whose it is."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    @on_fast_path
    def check(self, fast: FastRequest | None = None) -> ResponseReturnValue | None:
        """Raise a 401 for who has no key; on the fast path, leave that to Flask."""
        if fast is not None:
            fast.key_name = self._by_header(fast.header(b"authorization"))
            return None if fast.key_name else "ask Flask, which knows cookies"
        if request.endpoint in FREE:
            return None
        header = request.headers.get("Authorization")
        g.key_name = self._by_header(header) if header else self._by_cookie()
        if g.key_name is None:
            raise unauthorized("this key is not known" if header else "a key is needed")
        return None

    def _by_header(self, header: str | None) -> str | None:
        if not header or not header.lower().startswith(SCHEME):
            return None
        return self._ring.name_of(header[len(SCHEME) :].strip())

    def _by_cookie(self) -> str | None:
        entry = str(session.get(ENTRY, ""))
        for known in self._ring.hashes:
            if hmac.compare_digest(entry.encode(), entry_of(known).encode()):
                return known.name
        return None


def may_ask(app: Flask, environ: WSGIEnvironment) -> bool:
    """Whether a request would be let in: asked before its body, which may be large, is taken."""
    ring: KeyRing = app.extensions[EXTENSION]
    if not ring:
        return True
    with app.request_context(environ):
        try:
            Access(ring).check()
        except Unauthorized:
            return False
    return True


def enter(ring: KeyRing, key: str) -> None:
    """Let the browser that sent this key in; a 401 where the key is not known."""
    known = ring.find(key)
    if known is None:
        raise unauthorized("this key is not known")
    session.permanent = True
    session[ENTRY] = entry_of(known)


def entry_of(known: KeyHash) -> str:
    """What a cookie says of the key it was given for: it ends with that key."""
    return hashlib.sha256(f"cookie of {known}".encode()).hexdigest()


def unauthorized(detail: str) -> Unauthorized:
    """The 401 that says how to ask."""
    how = "send it as Authorization: Bearer KEY, or log in at /login"
    return Unauthorized(f"{detail}; {how}", www_authenticate=WWWAuthenticate("bearer"))

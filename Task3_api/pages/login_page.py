"""Where people enter their key, once, for a cookie; only where the service asks for keys."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from Task3_api.access import EXTENSION, enter
from Task3_api.keys import KeyRing
from Task3_api.request_body import fields, posted_form

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def page() -> str:
    """The form."""
    _ring()
    return render_template("login.html", detail="", next=first_page())


@blueprint.post("/login")
def enter_key() -> ResponseReturnValue:
    """Let in who sent a key, and show what was asked for."""
    ring, entries = _ring(), dict(fields(posted_form()))
    enter(ring, entries.get("key", "").strip())
    return redirect(local(entries.get("next", ""), first_page()), 303)


@blueprint.post("/logout")
def leave() -> ResponseReturnValue:
    """Forget the cookie."""
    _ring()
    session.clear()
    return redirect(url_for(".page"), 303)


def local(address: str, otherwise: str = "/") -> str:
    """An address within this service; another one for what is none."""
    is_local = address.startswith("/") and not address.startswith("//") and address.isprintable()
    return address if is_local and "\\" not in address else otherwise


def first_page() -> str:
    """The address of the model's first page, or that of the service."""
    return f"{request.script_root}/"


def _ring() -> KeyRing:
    ring: KeyRing = current_app.extensions[EXTENSION]
    if not ring:
        raise NotFound
    return ring

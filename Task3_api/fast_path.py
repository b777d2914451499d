"""The hottest request, answered ahead of Flask.

GET /predict takes the model some 30 microseconds and Flask's routing, contexts and response about
100. So where the request can be answered at once, it is, by the same parser, predictor and JSON;
whatever else there is to say (an error, another method, another path) is left to Flask.

What an app does before and after each request must not depend on the path taken: the fast path
honours the hooks that it knows, and steps aside where there is any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from Task3_api import parsing
from Task3_api.current_model import KEY, CurrentModel
from Task3_api.keep.kept import keeper_of

PATH, BLUEPRINT = "/predict", "api"
Hook = TypeVar("Hook", bound=Callable[..., Any])


def on_fast_path(hook: Hook) -> Hook:
    """Mark a hook that the fast path honours.

    A `before_request` hook that is marked needs no request, refuses none and is called; an
    `after_request` hook that is marked adds no more than the headers that every answer has.
    """
    hook.on_fast_path = True  # type: ignore[attr-defined]
    return hook


class FastPath:
    """Answers what it can of an app's requests, in microseconds and in any thread."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def answer(self, method: str, path: str, query: bytes) -> bytes | None:
        """The body of a 200, as JSON; None where Flask is to answer."""
        if path != PATH or method != "GET" or not self._knows_all_hooks():
            return None
        try:
            model: CurrentModel = self._app.extensions[KEY]
            answer = model.predictor.answer_at_once(*model.parser.request(parsing.pairs(query)))
        except Exception:  # a wrong question or a defect of ours: Flask meets and reports it
            return None
        if answer is None:
            return None
        for hook in self._app.before_request_funcs.get(None, ()):
            hook()
        keeper = keeper_of(self._app)
        if keeper and keeper.private():  # what is kept is not what is answered
            keeper.keep(answer)
            keeper = None
        text = self._app.json.dumps(answer, separators=(",", ":"))
        if keeper and (answer_id := keeper.keep_part(text.encode())):
            text = f'{text[:-1]},"id":"{answer_id}"}}'  # sooner than to write it all again
        return text.encode() + b"\n"

    def _knows_all_hooks(self) -> bool:
        app = self._app
        if "wsgi_app" in vars(app) or app.teardown_appcontext_funcs:
            return False
        return all(
            getattr(hook, "on_fast_path", False)
            for hooks in (
                app.before_request_funcs,
                app.after_request_funcs,
                app.teardown_request_funcs,
                app.url_value_preprocessors,
            )
            for scope in (None, BLUEPRINT)
            for hook in hooks.get(scope, ())
        )

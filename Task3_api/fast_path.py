"""The hottest requests, answered ahead of Flask.

/predict takes the model some 30 microseconds for one record, and Flask's routing, contexts and
response many times that. So where the request can be answered at once, it is, by the same parser,
predictor and JSON; whatever else there is to say (an error, another form, another path) is left to
Flask.

What an app does before and after each request must not depend on the path taken: the fast path
honours the hooks that it knows, and steps aside where there is any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from Task3_api import parsing
from Task3_api.current_model import KEY, CurrentModel
from Task3_api.keep.kept import keeper_of
from Task3_api.record_encoder import Record

PATH, BLUEPRINT = "/predict", "api"
JSON = "application/json"
Hook = TypeVar("Hook", bound=Callable[..., Any])


@dataclass(slots=True)
class FastRequest:
    """A request that may be answered ahead of Flask.

    Attributes
    ----------
    headers : sequence of pairs
        Names in lower case and values, as they came.
    peer : str
        The address at the other end of the connection.
    body : bytes
        Whole; empty for a GET.
    begun : float
        When it came, by `time.perf_counter`.
    root : str
        What stood before the path, in a service of several models.
    request_id, key_name
        As `flask.g` has them elsewhere.
    """

    method: str
    path: str
    query: bytes
    headers: Sequence[tuple[bytes, bytes]] = ()
    peer: str = ""
    begun: float = 0.0
    root: str = ""
    body: bytes = b""
    request_id: str = ""
    key_name: str | None = None

    def header(self, name: bytes) -> str | None:
        """The value of a header, named in lower case; of several, as WSGI joins them."""
        values = [value for each, value in self.headers if each == name]
        return b",".join(values).decode("latin-1") if values else None


@dataclass(slots=True)
class FastResponse:
    """The answer to a FastRequest, a 200: its body, and the headers that hooks add."""

    request: FastRequest
    answers: list[dict[str, Any]]
    data: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})


class FastQuestion(NamedTuple):
    """What a FastRequest asks; `several` where the answer is a list, were it of one record."""

    records: Sequence[Record]
    confidence: float | None = None
    several: bool = False


def on_fast_path(hook: Hook) -> Hook:
    """Mark a hook that the fast path honours.

    A marked `before_request` hook is called there with the FastRequest, and without it by Flask.
    Where it returns anything but None, Flask answers the request, and the hook is called again.
    A marked `after_request` hook is called with a FastResponse instead of a Response.
    """
    hook.on_fast_path = True  # type: ignore[attr-defined]
    return hook


class FastPath:
    """Answers what it can of an app's requests, in microseconds and in any thread."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def answer(self, request: FastRequest) -> FastResponse | None:
        """The 200; None where Flask is to answer."""
        if request.path != PATH or not self._is_plain(request) or not self._knows_all_hooks:
            return None
        for hook in self._before:
            if hook(request) is not None:
                return None
        try:
            model: CurrentModel = self._app.extensions[KEY]
            question = _question(model.parser, request)
            answers = model.predictor.answers_at_once(question.records, question.confidence)
        except Exception:  # a wrong question or a defect of ours: Flask meets and reports it
            return None
        if not answers:
            return None
        body = self._body(answers, question.several, request.key_name or "")
        response = FastResponse(request, answers, body)
        for hook in self._after:
            hook(response)
        return response

    def _is_plain(self, request: FastRequest) -> bool:
        """Whether it is a GET, or posts nothing but a JSON document of not too many records."""
        if request.method != "POST":
            return request.method == "GET"
        brackets = request.body.count(b"{") + request.body.count(b"[")
        return (
            request.header(b"content-type") == JSON
            and request.header(b"content-encoding") is None
            and not request.query
            and brackets <= self._app.config["MAX_RECORDS"]
        )

    def _body(self, answers: list[dict[str, Any]], several: bool, key_name: str) -> bytes:
        """The answers as JSON, with their ids where they are kept."""
        keeper = keeper_of(self._app)
        if keeper and (several or keeper.private()):  # what is kept is not what is answered
            for answer in answers:
                keeper.keep(answer, key=key_name)
            keeper = None
        text = self._app.json.dumps(answers if several else answers[0], separators=(",", ":"))
        if keeper and (answer_id := keeper.keep_part(text.encode(), key=key_name)):
            text = f'{text[:-1]},"id":"{answer_id}"}}'  # sooner than to write it all again
        return text.encode() + b"\n"

    @cached_property
    def _before(self) -> list[Callable[..., Any]]:
        return list(_scoped(self._app.before_request_funcs))

    @cached_property
    def _after(self) -> list[Callable[..., Any]]:
        """In Flask's order: what was registered last is called first."""
        return [*_scoped(self._app.after_request_funcs)][::-1]

    @cached_property
    def _knows_all_hooks(self) -> bool:
        """Looked up once: Flask takes no hooks after its first request."""
        app = self._app
        own = vars(app).get("wsgi_app")
        if (own and type(own) is not ProxyFix) or app.teardown_appcontext_funcs:
            return False
        others = (app.teardown_request_funcs, app.url_value_preprocessors)
        hooks = [*self._before, *self._after, *(h for kind in others for h in _scoped(kind))]
        return all(getattr(hook, "on_fast_path", False) for hook in hooks)


def _question(parser: parsing.Parser, request: FastRequest) -> FastQuestion:
    if request.method == "GET":
        record, confidence = parser.request(parsing.pairs(request.query))
        return FastQuestion([record], confidence)
    items = parsing.plain_items(request.body)
    if items and (columns := parser.columns(items)):
        return FastQuestion(columns, several=True)
    document = parsing.document(request.body)
    several = isinstance(document, list)
    return FastQuestion(parser.records(document if several else [document]), several=several)


def _scoped(hooks: Any) -> Iterator[Callable[..., Any]]:
    """The hooks of one kind that concern PATH: the app's, and its blueprint's."""
    for scope in (None, BLUEPRINT):
        yield from hooks.get(scope, ())

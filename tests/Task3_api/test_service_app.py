"""What the service writes as JSON."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_reads_as_what_was_written(app: Flask, value: object) -> None:
    assert json.loads(app.json.dumps(value)) == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_json_is_never_written(app: Flask, number: float) -> None:
    for value in (number, {"a": [1.0, number]}, {"a": None, "b": number}):
        with pytest.raises(ValueError, match="not JSON compliant"):
            app.json.dumps(value)


def test_text_that_is_no_unicode_is_escaped(app: Flask) -> None:
    assert app.json.dumps(["\ud800"]) == '["\\ud800"]'

"""What browsers shall refuse: the headers of every answer, and the policies of pages that need one
of their own.
"""

from __future__ import annotations

from typing import TypeVar

from flask import Response

from Task3_api.fast_path import FastResponse, on_fast_path

AnyResponse = TypeVar("AnyResponse", Response, FastResponse)

CONTENT_SECURITY_POLICY = "Content-Security-Policy"
HEADERS = {
    CONTENT_SECURITY_POLICY: (
        "default-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
REPORT_POLICY = (  # the report is one file with its styles and figures inside, and runs nothing
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
API_DOCS_POLICY = (  # Swagger UI's stylesheet holds its pictures as data
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)


@on_fast_path
def add_headers(response: AnyResponse) -> AnyResponse:
    """Add each of the headers that the response does not have yet."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def set_policy(response: Response, policy: str) -> Response:
    """Give a response a Content-Security-Policy of its own."""
    response.headers[CONTENT_SECURITY_POLICY] = policy
    return response

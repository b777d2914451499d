"""What a process takes at once is bounded, and given back however a request ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import TooManyRequests

from Task3_api.app import create_app
from Task3_api.upload_slots import IN_MEMORY, InsufficientStorage, UploadShare, UploadSlots
from tests.Task3_api.batch.csv_posts import send

SMALL = b"living_area\n1800\n"
UPLOAD = b"living_area\n" + b"1800\n" * 20_000


def service(sealed: Path, **config: Any) -> FlaskClient:
    return create_app({"MODEL_DIR": str(sealed), **config}).test_client()


def test_what_fits_into_memory_takes_nothing() -> None:
    share = UploadShare(UploadSlots(0, 0))
    for _ in range(2):
        share.add(IN_MEMORY // 2)
    with pytest.raises(TooManyRequests):
        share.add(1)
    assert share.size == IN_MEMORY + 1


def test_bytes_are_counted_together() -> None:
    slots = UploadSlots(9, 3 * IN_MEMORY)
    one, other = UploadShare(slots), UploadShare(slots)
    one.add(2 * IN_MEMORY)
    for _ in range(2):
        with pytest.raises(InsufficientStorage):
            other.add(2 * IN_MEMORY)
    one.give_back()
    one.give_back()
    third = UploadShare(slots)
    third.add(3 * IN_MEMORY)


@pytest.mark.parametrize("path", ["/batch_prediction", "/batch_prediction/results"])
def test_uploads_at_once_are_bounded(sealed: Path, path: str) -> None:
    """An upload counts until its answer is sent."""
    client = service(sealed, MAX_UPLOADS=1)
    first = send(client, UPLOAD)
    refused = client.post(path, data=UPLOAD, content_type="text/csv")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.get_json()["detail"].startswith("as many files are being sent as are taken")
    assert send(client, SMALL).status_code == 200
    first.close()
    assert send(client, UPLOAD).status_code == 200


def test_what_is_refused_counts_no_longer(sealed: Path) -> None:
    client = service(sealed, MAX_UPLOADS=1)
    document = {"data": b"[" + b" " * IN_MEMORY, "content_type": "application/json"}
    for _ in range(2):
        assert send(client, UPLOAD + b"1800,1\n", buffered=True).status_code == 400
        assert client.post("/predict", buffered=True, **document).status_code == 400
    assert send(client, UPLOAD).status_code == 200


def test_bytes_of_uploads_at_once_are_bounded(sealed: Path) -> None:
    client = service(sealed, MAX_SPOOL_LENGTH=len(UPLOAD) + 1)
    first = send(client, UPLOAD)
    refused = send(client, UPLOAD)
    assert refused.status_code == 507
    assert refused.get_json()["detail"] == (
        "the service has no room for this at present; try again later"
    )
    first.close()
    assert send(client, UPLOAD).status_code == 200

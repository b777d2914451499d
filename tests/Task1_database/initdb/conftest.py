"""The image's first start, on each server of MySQL's kind that can be had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import PROGRAMS, MariaDB, running
from tests.Task1_database.initdb.image import Image

KINDS = [kind for kind in PROGRAMS if issubclass(kind, MariaDB)]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind, scope="module")
def image(request: pytest.FixtureRequest) -> Iterator[Image]:
    image = Image(running(request.param))
    yield image
    image.server.sql("DROP USER IF EXISTS ds_user@'%'", "DROP DATABASE IF EXISTS _init")

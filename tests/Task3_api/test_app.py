"""The service is made around one sealed model, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from Task1_database.errors import SealError
from Task3_api.app import create_app


@pytest.mark.parametrize("config", [{"MODEL_DIR": "/nowhere"}, {"MODELS": "/nowhere"}])
def test_no_service_without_a_model(config: dict[str, str]) -> None:
    with pytest.raises(SealError, match="/nowhere"):
        create_app(config)


def test_the_environment_names_the_model(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODEL_DIR", raising=False)
    monkeypatch.delenv("MODELS", raising=False)
    with pytest.raises(SealError, match="set MODEL_DIR to a sealed model, or MODELS to its parent"):
        create_app()
    monkeypatch.setenv("MODEL_DIR", "/nowhere")
    assert (
        create_app({"MODELS": str(sealed.parent)}).test_client().get("/readyz").status_code == 200
    )
    monkeypatch.setenv("MODEL_DIR", str(sealed))
    assert create_app().test_client().get("/readyz").status_code == 200

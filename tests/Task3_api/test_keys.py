"""Keys: made once, known by their hash."""

from __future__ import annotations

import pytest

from Task1_database.errors import TablecastError
from Task3_api.keys import KeyRing, digest_of, new_key


def test_a_key_is_known_by_what_the_environment_holds() -> None:
    key, known = new_key("ci")
    other, other_known = new_key("alice")
    ring = KeyRing.parse(f"{known}, {other_known}")
    assert (ring.name_of(key), ring.name_of(other)) == ("ci", "alice")
    assert key not in str(known)
    assert len(key) > 40


def test_no_two_keys_are_the_same() -> None:
    assert new_key("ci")[0] != new_key("ci")[0]


def test_a_name_may_have_two_keys_while_one_replaces_the_other() -> None:
    (old, old_known), (new, new_known) = new_key("ci"), new_key("ci")
    ring = KeyRing.parse(f"{old_known} {new_known}")
    assert ring.name_of(old) == ring.name_of(new) == "ci"


@pytest.mark.parametrize("key", ["", "tablecast_", "\ud800", "é", "0" * 64])
def test_whatever_is_no_key_is_nobodys(key: str) -> None:
    _, known = new_key("ci")
    assert KeyRing([known]).name_of(key) is None


def test_the_hash_is_no_key() -> None:
    _, known = new_key("ci")
    assert KeyRing([known]).name_of(known.digest) is None


def test_the_secret_changes_with_the_keys() -> None:
    one, other = new_key("ci")[1], new_key("ci")[1]
    assert KeyRing([one]).secret() == KeyRing([one]).secret()
    assert KeyRing([one]).secret() != KeyRing([other]).secret() != KeyRing([one, other]).secret()


@pytest.mark.parametrize("text", ["", " ", ",\n,"])
def test_none_is_no_ring(text: str) -> None:
    assert not KeyRing.parse(text)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("secret-text", "an entry is NAME:SHA256, as `tablecast key NAME` says"),
        ("a/b:" + digest_of("x"), "an entry is NAME:SHA256"),
        ("ci:secret-text", "what follows 'ci' is no SHA-256 in hexadecimal"),
        ("ci:" + digest_of("x").upper(), "what follows 'ci' is no SHA-256"),
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str, detail: str) -> None:
    with pytest.raises(TablecastError) as refused:
        KeyRing.parse(text)
    assert detail in str(refused.value)
    assert "secret-text" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a,b", "é", "n" * 41])
def test_a_name_that_the_environment_could_not_hold_is_refused(name: str) -> None:
    with pytest.raises(TablecastError, match="names no key"):
        new_key(name)

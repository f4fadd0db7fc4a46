"""Sealing, rotating, and clear words when a key is missing."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet

from integrations.secrets import SecretBox, SecretKeyInvalid, SecretUnreadable, load_or_create_key

OLD = "an old passphrase of some length"
NEW = Fernet.generate_key().decode()
HELD = {"sid": "AC0", "token": "hush-hush ü"}


@pytest.mark.parametrize("key", [OLD, NEW], ids=["passphrase", "fernet"])
def test_sealed_opens_again(key):
    token = SecretBox([key]).seal(HELD)

    assert SecretBox([key]).open(token) == HELD
    assert "hush-hush" not in token


def test_first_key_seals_and_all_open():
    old, both, new = SecretBox([OLD]), SecretBox([NEW, OLD]), SecretBox([NEW])

    assert both.open(old.seal(HELD)) == HELD
    assert new.open(both.seal(HELD)) == HELD
    with pytest.raises(SecretUnreadable):
        old.open(both.seal(HELD))


def test_xr_06_rotated_no_longer_needs_the_old_key():
    token = SecretBox([OLD]).seal(HELD)

    rotated = SecretBox([NEW, OLD]).rotate(token)

    assert SecretBox([NEW]).open(rotated) == HELD


@pytest.mark.parametrize("token", ["", "junk", "ü", SecretBox([OLD]).seal(HELD)])
def test_wrong_key_says_what_to_mend(token):
    box = SecretBox([NEW])

    for act in (box.open, box.rotate):
        with pytest.raises(SecretUnreadable, match="keys in SWITCHBOARD_SECRET_KEYS") as unreadable:
            act(token)
        assert unreadable.value.__cause__ is None
        assert "hush" not in str(unreadable.value)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "SWITCHBOARD_SECRET_KEYS is empty"),
        ([OLD, "short-one"], "Key 2 in SWITCHBOARD_SECRET_KEYS has less than 16"),
    ],
)
def test_bad_keys_are_refused_unshown(keys, message):
    with pytest.raises(SecretKeyInvalid, match=message) as refused:
        SecretBox(keys)

    assert "short-one" not in str(refused.value)


def test_development_key_is_made_once_and_private(tmp_path):
    path = tmp_path / "new" / "secrets.key"

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(load_or_create_key, [path] * 32))

    assert keys == {path.read_text()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secrets.key"]
    assert SecretBox(list(keys)).open(SecretBox(list(keys)).seal(HELD)) == HELD

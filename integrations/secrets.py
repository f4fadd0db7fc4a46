"""Account secrets at rest: sealed with the first of the configured keys, opened with any of them.

To rotate: put a new key in front of the old ones, reseal what is stored (`rotate`), then remove
the old keys. A key is either a Fernet key (32 bytes, URL-safe base64) or a passphrase of 16
characters or more, of which the SHA-256 is the Fernet key; a passphrase should be random, since
nothing slows down somebody who guesses.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SETTING = "SWITCHBOARD_SECRET_KEYS"
SHORTEST = 16


class SecretKeyInvalid(ValueError):
    """A configured key is missing or too short."""


class SecretUnreadable(Exception):
    """A stored secret was sealed with a key that is not configured, or is damaged."""


class SecretBox:
    """Seals and opens an account's secrets; `setting` is the name that messages tell to mend."""

    def __init__(self, keys: Sequence[str], *, setting: str = SETTING) -> None:
        self._setting = setting
        if not keys:
            raise SecretKeyInvalid(f"{setting} is empty: set one key or more, the newest first")
        self._fernet = MultiFernet([_fernet(key, n, setting) for n, key in enumerate(keys, 1)])

    def seal(self, secrets: Mapping[str, str]) -> str:
        """Return the secrets as one token of ASCII text."""
        return self._fernet.encrypt(orjson.dumps(dict(secrets))).decode("ascii")

    def open(self, token: str) -> dict[str, str]:
        """Return the sealed secrets. Raises SecretUnreadable."""
        try:
            opened = orjson.loads(self._fernet.decrypt(token.encode()))
        except (InvalidToken, orjson.JSONDecodeError):
            raise self._unreadable() from None
        return {str(name): str(value) for name, value in opened.items()}

    def rotate(self, token: str) -> str:
        """Return the token sealed anew with the first key. Raises SecretUnreadable."""
        try:
            return self._fernet.rotate(token.encode()).decode("ascii")
        except InvalidToken:
            raise self._unreadable() from None

    def _unreadable(self) -> SecretUnreadable:
        return SecretUnreadable(
            f"A stored secret cannot be read with the keys in {self._setting}. Put the key back "
            "that it was sealed with (behind the new one), or type the secret again."
        )


def load_or_create_key(path: Path) -> str:
    """Return the key in a file that only its owner may read, made on first use.

    For development. Processes that start together agree on one key.
    """
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(Fernet.generate_key())
    try:
        os.link(draft, path)  # whole or not at all, and only one process wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text("ascii").strip()


def _fernet(key: str, position: int, setting: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        pass
    if len(key) < SHORTEST:
        raise SecretKeyInvalid(f"Key {position} in {setting} has less than {SHORTEST} characters")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))

"""What proves that an answer is for us: a state, and a verifier with its challenge."""

from __future__ import annotations

import base64
import hashlib
import secrets


def new_state() -> str:
    """Return 256 random bits, which nobody can guess (RFC 6749 §10.12)."""
    return secrets.token_urlsafe(32)


def new_verifier() -> str:
    """Return a verifier of 86 characters (RFC 7636 §4.1 allows 43 to 128)."""
    return secrets.token_urlsafe(64)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def fingerprint(text: str) -> str:
    """Return what is kept of a text that has to be recognised and never read."""
    return hashlib.sha256(text.encode()).hexdigest()

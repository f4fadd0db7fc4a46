"""Signs parcels as Standard Webhooks does (https://github.com/standard-webhooks/standard-webhooks,
read November 2026): HMAC-SHA256 over "id.timestamp.body", in base64, marked v1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from uuid import UUID

MARK = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def message_name(message_id: UUID) -> str:
    """Return a parcel's id as its receivers know it: the same for every try."""
    return f"msg_{message_id.hex}"


def headers(name: str, at_s: int, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """Return the headers of one try at a moment (seconds of Unix), signed with each secret."""
    signed = b".".join((name.encode(), str(at_s).encode(), body))
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{_signature(signed, key)}" for key in keys),
    }


def _signature(signed: bytes, key: str) -> str:
    secret = base64.b64decode(key.removeprefix(MARK))
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode("ascii")

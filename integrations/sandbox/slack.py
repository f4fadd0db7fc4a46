"""Plays Slack's incoming webhooks: says "ok" to a text, and posts it nowhere."""

from __future__ import annotations

import orjson

from integrations.sandbox.responder import Answer, Asked

# The last part of a magic webhook's path, and the refusal that it always gets.
MAGIC = {
    "revoked": (404, b"no_service"),
    "archived": (410, b"channel_is_archived"),
    "prohibited": (403, b"action_prohibited"),
}


class Slack:
    """Slack's part of the sandbox."""

    slug = "slack"

    def answer(self, asked: Asked) -> Answer:
        """Answer one post as hooks.slack.com would."""
        if asked.method != "POST" or not asked.path.startswith("/services/"):
            return Answer(404, b"no_team")
        if refusal := MAGIC.get(asked.path.rpartition("/")[2]):
            return Answer(*refusal)
        return Answer(200, b"ok", ("webhook",)) if _text(asked.body) else Answer(400, b"no_text")

    def throttled(self) -> bytes:
        return b"rate_limited"

    def failed(self) -> bytes:
        return b"rollup_error"


def _text(body: bytes) -> str:
    try:
        return str(orjson.loads(body).get("text") or "")
    except (orjson.JSONDecodeError, AttributeError):
        return ""

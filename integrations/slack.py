"""Posts a message to Slack by an incoming webhook (https://docs.slack.dev/messaging/
sending-messages-using-incoming-webhooks, read November 2026).

Not through the guard: Slack is asked nothing, costs nothing, has no account and no ledger row, and
the notices that are sent keep their own tries (docs/decisions/0016). What the guard takes care of
for everybody else is done here: no other host, no redirect, a time-out, no secret in a message.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from integrations.messages import NotDelivered

HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
SANDBOX_PATH = "/slack/services/T0/B0/sandbox"
TIMEOUT_S = 5.0
LONGEST = 3000
# What Slack says, and what to do about it.
REFUSALS = {
    "invalid_token": "the webhook is not valid; make a new one",
    "no_service": "the webhook was revoked; make a new one",
    "no_active_hooks": "the webhook was switched off; make a new one",
    "no_team": "the workspace is gone; make a webhook in another one",
    "channel_not_found": "its channel is gone; make a webhook for another one",
    "channel_is_archived": "its channel is archived; make a webhook for another one",
    "action_prohibited": "an administrator of the workspace does not allow it; ask them",
    "posting_to_general_channel_denied": "posting to #general is not allowed; choose another",
}


def problem_of(url: str) -> str:
    """Return what is wrong with a webhook's address as typed, empty when nothing is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme == "https" and parts.netloc in HOSTS and parts.path.startswith("/services/"):
        return ""
    return "An incoming webhook starts with https://hooks.slack.com/services/."


def post(url: str, text: str) -> None:
    """Post a text to a webhook's address, or to the sandbox's. Raises NotDelivered."""
    if not url:
        raise NotDelivered("No webhook is set.", is_final=True)
    try:
        with httpx2.Client(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = client.post(url, json={"text": escaped(text)[:LONGEST]})
    except httpx2.HTTPError as error:  # not chained: the library's text has the address
        raise NotDelivered(f"Slack cannot be reached ({type(error).__name__}).") from None
    if answer.is_success:
        return
    word = answer.text.strip()[:60]
    if answer.status_code == 429 or answer.status_code >= 500:
        raise NotDelivered(f"Slack answered {answer.status_code}.")
    why = REFUSALS.get(word, f"it answered {answer.status_code}")
    raise NotDelivered(f"Slack refused: {why}.", is_final=True)


def escaped(text: str) -> str:
    """Return text in which Slack sees no mention and no link that we did not mean."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

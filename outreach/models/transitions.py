"""The ways through a campaign's and a message's states, held by triggers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pgtrigger


def only(kind: str, ways: Mapping[str, Sequence[str]]) -> pgtrigger.Trigger:
    """Return a trigger that lets `state` go from each key to one of its states only."""
    pairs = ", ".join(f"('{before}', '{after}')" for before in ways for after in ways[before])
    return pgtrigger.Trigger(
        name="state_transition",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(
            f"OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN ({pairs})"
        ),
        func=f"RAISE EXCEPTION 'a {kind} cannot go from % to % ({kind} %)', OLD.state, NEW.state,"
        f" OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = '{kind}_state_transition';",
    )


CAMPAIGN = only("campaign", {
    "draft": ("estimating", "cancelled"),
    "estimating": ("ready", "draft", "cancelled"),
    "ready": ("estimating", "working", "draft", "cancelled"),
    "working": ("paused", "done", "cancelled"),
    "paused": ("working", "done", "cancelled"),
})  # fmt: skip

# What has left us waits again only when Twilio's own list does not know it; and whatever we
# think of a message, Twilio's word that it has it stands.
MESSAGE = only("message", {
    "waiting": ("claimed", "refused", "cancelled", "dead", "sent"),
    "claimed": ("waiting", "sending", "refused", "cancelled", "dead", "sent"),
    "sending": ("sent", "refused", "waiting", "unknown"),
    "unknown": ("sent", "refused", "waiting", "cancelled", "dead"),
    "dead": ("waiting", "sent"),
    "cancelled": ("sent",),
    "refused": ("sent",),
})  # fmt: skip

"""What a person enters at a sender that is no provider here, in words, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """How one sender is set up.

    `address` is ours, with {} where the secret goes; `is_theirs`: the secret is theirs, and typed
    here; otherwise it is made here, and entered there.
    """

    address: str
    is_theirs: bool
    secret: str
    there: str
    proof: str
    organization: str


ENTRIES: Mapping[str, Entry] = {
    "hubspot": Entry(
        "/webhooks/hubspot",
        True,
        "Client secret",
        "In your app at HubSpot, under Webhooks: the target URL, then the events to subscribe to. "
        "The client secret stands under Auth.",
        "Each request is signed with the app's client secret (version 3), and of now: five minutes "
        "at most between HubSpot's clock and ours.",
        "Portal ID",
    ),
    "salesforce": Entry(
        "/webhooks/salesforce?token={}",
        False,
        "Token",
        "In Salesforce, under Setup › Outbound Messages: the endpoint URL. Leave Send Session ID "
        "off. Name the organization below.",
        "Outbound messages are not signed: the token in the address proves them, and the "
        "organization's id.",
        "Organization ID (00D…)",
    ),
    "pipedrive": Entry(
        "/webhooks/pipedrive",
        False,
        "Password",
        "In Pipedrive, under Tools and apps › Webhooks: the endpoint URL, version 2, and for HTTP "
        "authentication the user name switchboard and the password.",
        "Each request brings the password (HTTP Basic).",
        "Company ID",
    ),
    "dynamics": Entry(
        "/webhooks/dynamics",
        False,
        "Key",
        "In the Plug-in Registration Tool, under Register New Web Hook: the endpoint URL and, for "
        "authentication, HttpHeader with the key X-Switchboard-Key; or WebhookKey.",
        "Each message brings the key, in a header or, as a WebhookKey, in the address.",
        "Organization ID",
    ),
}  # fmt: skip

"""What a test of a connection found, in words: what is wrong, whose turn it is, where to read."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.calls import Call
from integrations.errors import (
    AccountUnusable,
    CallError,
    CircuitOpen,
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    OutcomeUnknown,
    QuestionRejected,
    QuotaExhausted,
    RateReached,
    SenderUnfit,
    ServerFailed,
    Throttled,
    Unreachable,
)
from integrations.provider import Provider


@dataclass(frozen=True, slots=True)
class Finding:
    """`said` is the provider's or the network's own word, `advice` what to do; `ms` of the answer.

    `docs` is the vendor's page about the error; `call_id` leads to the call in the ledger.
    """

    colour: str
    title: str
    advice: str
    said: str = ""
    ms: int | None = None
    docs: str = ""
    call_id: str = ""
    extras: tuple[str, ...] = ()


# How a connection failed (`classify.HOW`): title, advice.
CONNECTIONS = {
    "dns": (
        "The provider's name was not found",
        "Name resolution (DNS) failed for {host}. Check this machine's network and its resolver.",
    ),
    "tls": (
        "The secure connection failed",
        "The certificate of {host} was not accepted. A proxy that opens TLS, a wrong clock or"
        " missing root certificates on this machine are the usual causes.",
    ),
    "refused": (
        "The provider could not be reached",
        "{host} refuses the connection or no way leads there. Check the firewall; Switchboard"
        " connects directly and uses no proxy.",
    ),
    "slow": (
        "No answer in time",
        "{host} took the question and did not answer in time. Try again; if it stays so, look at"
        " the provider's status page.",
    ),
    "cut": (
        "The connection was cut",
        "{host} closed the connection before it had answered. Try again; if it stays so, look at"
        " the provider's status page.",
    ),
}

# What we or the provider said no to: title, advice.
REFUSALS: dict[type[CallError], tuple[str, str]] = {
    CircuitOpen: (
        "The circuit was opened by hand",
        "Nobody calls this provider until somebody resets the circuit, so the test did not either.",
    ),
    AccountUnusable: ("There is no usable secret", "Set the secrets on this page."),
    CredentialRejected: (
        "The secret is refused",
        "It is wrong or was revoked. Set it anew on this page; runs that wait go on by themselves.",
    ),
    QuotaExhausted: (
        "The plan or the balance is used up",
        "Top up at the provider, then test again; runs that wait go on by themselves.",
    ),
    NotEntitled: (
        "Not enabled for this account",
        "The secret is right, but the provider has not enabled this for the account: ask them to.",
    ),
    SenderUnfit: (
        "A sender is not ready",
        "The secret is right. Mend what is said below, on this page or at the provider, then test"
        " again.",
    ),
    Throttled: (
        "The provider asks us to slow down",
        "The secret is right. Wait a moment; if it stays so, lower the limits on this page.",
    ),
    RateReached: (
        "Our own limit leaves no room",
        "Runs use all that the limits on this page allow. Try again in a moment.",
    ),
    ServerFailed: ("The provider is failing", "It is on their side: look at their status page."),
    ContractBroken: (
        "The answer has a shape that we do not know",
        "Something else than the provider may have answered, such as a proxy's sign-in page; or"
        " the provider has changed its answers: then tell whoever maintains Switchboard.",
    ),
    QuestionRejected: (
        "The provider refuses the test question",
        "The secret was not named as the cause. Read what the provider says.",
    ),
}
FORBIDDEN = (
    "Access is forbidden",
    "The provider knows the account and lets it do nothing: it may be suspended, or the secret is"
    " for tests only.",
)


def found(
    of: Provider,
    call: Call | None,
    said: str,
    error: CallError | None,
    *,
    in_sandbox: bool,
    has_resumed: bool,
    has_closed: bool,
) -> Finding:
    """Return what came of a test, from its answer or its error."""
    was_tried = call is not None and call.started_at is not None
    ms = call.ms if call and was_tried else None
    call_id = str(call.request_id) if call and was_tried else ""
    if error is not None:
        title, advice = _why(of, call, error)
        docs = of.error_docs.format(code=error.code) if error.status and error.code else ""
        extras = _in_sandbox(in_sandbox)
        return Finding("danger", title, advice, str(error), ms, docs, call_id, extras)
    title = "The sandbox answers" if in_sandbox else "The connection works"
    extras = (
        *_in_sandbox(in_sandbox),
        *(["The account was stopped; it is asked again now."] if has_resumed else []),
        *(["The circuit was open; it is closed now."] if has_closed else []),
    )
    return Finding("success", title, "", said, ms, "", call_id, extras)


def _in_sandbox(in_sandbox: bool) -> tuple[str, ...]:
    if not in_sandbox:
        return ()
    return ("This was the sandbox, not the provider: it says nothing about a real secret.",)


def _why(of: Provider, call: Call | None, error: CallError) -> tuple[str, str]:
    if isinstance(error, Unreachable | OutcomeUnknown):
        title, advice = CONNECTIONS[error.code if error.code in CONNECTIONS else "cut"]
        address = call.account.base_url if call else of.base_url
        return title, advice.format(host=address.partition("://")[2].partition("/")[0])
    if isinstance(error, CredentialRejected) and error.status == 403:
        return FORBIDDEN
    known = next((words for kind, words in REFUSALS.items() if isinstance(error, kind)), None)
    return known or ("The test failed", "Read what was said, and try again.")

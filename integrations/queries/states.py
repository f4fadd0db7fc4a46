"""The states that an account can be in, in words that say what to do, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import time

from django.conf import settings

from integrations.accounts import secret_box, secrets_from_environment
from integrations.circuits import CircuitState
from integrations.limits.memo import Noted
from integrations.models import Account
from integrations.provider import Provider
from integrations.secrets import SecretKeyInvalid, SecretUnreadable
from integrations.wording import in_words


@dataclass(frozen=True, slots=True)
class State:
    """One thing that is true of an account: `since` when, and what the provider or we say."""

    name: str
    label: str
    colour: str
    text: str
    since: datetime | None = None


def states_of(
    row: Account,
    of: Provider,
    circuit: CircuitState | None,
    spent: Sequence[str],
    told: Sequence[Noted] = (),
    *,
    in_sandbox: bool,
    was_heard: bool,
) -> tuple[State, ...]:
    """Return what is true of the account.

    `spent` names the budgets that are used up; `told` is what the provider said of its limits.
    """
    found = [*_of_row(row), *_of_secrets(row, of, in_sandbox=in_sandbox)]
    if circuit and circuit.state != "closed":
        found.append(_of_circuit(circuit))
    if spent:
        text = f"The budget of {' and '.join(spent)} is used up; what costs money waits."
        found.append(State("over_budget", "Over budget", "warning", text))
    found += [_of_limit(one) for one in told if one.is_used_up(time())]
    if in_sandbox:
        text = "The sandbox answers in the provider's place; nothing is bought."
        found.append(State("sandbox", "Sandbox", "info", text))
    elif not found:
        found.append(_ready(of, was_heard=was_heard))
    return tuple(found)


def missing_secrets(row: Account, of: Provider) -> list[str]:
    """Return the labels of the secrets that are set nowhere. Raises SecretUnreadable."""
    if secrets_from_environment(of):
        return []
    own = secret_box().open(row.secrets) if row.secrets else {}
    return [secret.label for secret in of.secrets if not own.get(secret.name)]


def how_to_go_live() -> str:
    """Return what has to happen before the real providers are asked."""
    if settings.SANDBOX:
        return (
            "To go live, remove SWITCHBOARD_SANDBOX=1 from the environment (or set it to 0),"
            " start again, and set the secrets of the providers you have an account at."
        )
    return (
        "To go live, open an account and set its secrets: from that moment on every provider is"
        " the real one, and runs buy real answers."
    )


def _of_row(row: Account) -> Iterator[State]:
    if not row.is_enabled:
        yield State("off", "Switched off", "", "No run asks this provider.")
    if row.state == Account.State.REJECTED:
        yield State("rejected", "Secret refused", "danger", row.state_reason, row.state_since)
    elif row.state == Account.State.EXHAUSTED:
        text = row.state_reason
        if row.state_until:
            until = f"{row.state_until:%-d %B %Y, %H:%M} UTC"
            text = f"{text.rstrip('.')}. It is renewed, and asked again by itself, at {until}."
        label = "Plan or balance used up"
        yield State("exhausted", label, "warning", text, row.state_since)


def _of_secrets(row: Account, of: Provider, *, in_sandbox: bool) -> Iterator[State]:
    try:
        missing = missing_secrets(row, of)
    except (SecretUnreadable, SecretKeyInvalid) as why:
        yield State("unreadable", "Secret unreadable", "danger", str(why))
        return
    if missing and not in_sandbox:
        text = f"{' and '.join(missing)} not set, so no run asks this provider."
        yield State("no_secret", "No secret", "warning", text)


def _of_circuit(circuit: CircuitState) -> State:
    if circuit.is_by_hand:
        text = f"Opened by {circuit.by}: {circuit.reason}"
        return State("circuit", "Circuit open", "danger", text, circuit.opened_at)
    text = f"The provider failed again and again, last so: {in_words(circuit.last_error)}."
    label = "Circuit half-open" if circuit.state == "half-open" else "Circuit open"
    return State("circuit", label, "danger", text, circuit.opened_at)


def _of_limit(one: Noted) -> State:
    assert one.told.resets_at is not None
    until = f"{one.told.resets_at:%-d %B %Y, %H:%M} UTC"
    text = f"The provider says that no {one.told.name} are left; it is asked again at {until}."
    return State("limit", "Limit reached", "warning", text, one.told_at)


def _ready(of: Provider, *, was_heard: bool) -> State:
    if was_heard:
        return State("connected", "Connected", "success", "The provider answers.")
    start = "The secrets are set, but nothing" if of.secrets else "It needs no secret; nothing"
    text = f"{start} has been asked yet{': test the connection' if of.trial else ''}."
    return State("ready", "Not asked yet", "info", text)

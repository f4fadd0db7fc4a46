"""A person consents in the browser: sent there with a state, and back with a code, once.

The state belongs to the person, the browser's session and this one attempt. Whatever else comes
back is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from crm_sync.connecting.asking import asked
from crm_sync.connecting.setting_up import note
from crm_sync.models import Connection, SignIn
from crm_sync.signing_in.answers import LOGIN, token_of
from crm_sync.signing_in.proofs import challenge_of, fingerprint, new_state, new_verifier
from crm_sync.signing_in.requests import for_code
from crm_sync.tokens import keeping
from crm_sync.tokens.entering import login_of
from integrations.accounts import secret_box
from integrations.errors import CallError, OutcomeUnknown
from integrations.redaction import scrub
from integrations.secrets import SecretUnreadable

LASTS = timedelta(minutes=15)
OVER = (
    "This sign-in is not known here: it was used already, took longer than 15 minutes, or began in"
    " another browser or by somebody else. Start it again on the connection's page."
)
LOST = (
    "The CRM's answer was lost on its way, and its code serves only once. Start the sign-in again."
)


class SignInFailed(Exception):
    """A sign-in that brought no token; its text says what to do. `row` may be unknown."""

    def __init__(self, words: str, row: Connection | None = None) -> None:
        super().__init__(words)
        self.row = row


def begin(row: Connection, user: User, session_key: str, redirect_uri: str) -> str:
    """Return the CRM's address where the person consents. Raises AccountUnusable."""
    login = login_of(row)
    state, verifier = new_state(), new_verifier()
    url = login.consent_url(
        state=state, challenge=challenge_of(verifier), redirect_uri=redirect_uri
    )
    with transaction.atomic():
        end_waiting(row)
        SignIn.objects.create(
            connection=row, user_id=user.pk, grant="code", state_hash=fingerprint(state),
            session_hash=fingerprint(session_key), redirect_uri=redirect_uri,
            sealed=secret_box().seal({"verifier": verifier}), expires_at=Now() + LASTS,
        )  # fmt: skip
    return url


def finish(said: Mapping[str, str], user: User, session_key: str) -> Connection:
    """Use what came back from the CRM, once. Raises SignInFailed.

    `said` are the query's parameters: `state` with `code`, or with `error`.
    """
    attempt = _taken(said.get("state", ""), user, session_key)
    row = attempt.connection
    if not said.get("code"):
        raise _failed(attempt, SignIn.State.DECLINED, _refusal(said))
    try:
        verifier = secret_box().open(attempt.sealed)["verifier"]
        login = login_of(row)
        request = for_code(login, said["code"], verifier, attempt.redirect_uri)
        token = token_of(login, asked(row, login, request))
    except (CallError, SecretUnreadable) as why:
        words = LOST if isinstance(why, OutcomeUnknown) else str(why)
        raise _failed(attempt, SignIn.State.FAILED, words) from why
    with transaction.atomic():
        keeping.replace(row.pk, token)
        close(attempt, SignIn.State.DONE)
        note(row, user, "Signed in")
    row.refresh_from_db()
    return row


def end_waiting(row: Connection) -> None:
    """End attempts that wait: there is one at a time."""
    SignIn.objects.filter(connection=row, state=SignIn.State.WAITING).update(
        state=SignIn.State.FAILED, words="Another sign-in was started.", sealed=""
    )


def close(attempt: SignIn, state: str, words: str = "") -> None:
    """End an attempt; its secrets go."""
    SignIn.objects.filter(pk=attempt.pk).update(state=state, words=words[:300], sealed="")


def _taken(state: str, user: User, session_key: str) -> SignIn:
    """Take the attempt that this state belongs to; nobody else can afterwards."""
    found = SignIn.objects.filter(
        grant="code", state_hash=fingerprint(state), session_hash=fingerprint(session_key),
        user_id=user.pk,
    )  # fmt: skip
    waiting = found.filter(state=SignIn.State.WAITING, expires_at__gt=Now())
    if not state or not waiting.update(state=SignIn.State.TAKEN):
        raise SignInFailed(OVER)
    return found.select_related("connection").get()


def _refusal(said: Mapping[str, str]) -> str:
    code = said.get("error", "")[:60]
    theirs = scrub(said.get("error_description", ""))[:200]
    words = LOGIN.get(code, "The CRM gave no consent.")
    return f"{words} It says: {theirs or code}" if theirs or code else words


def _failed(attempt: SignIn, state: str, words: str) -> SignInFailed:
    close(attempt, state, words)
    return SignInFailed(words, attempt.connection)

"""A person types a code elsewhere; any process can ask whether that has been done."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from crm_sync.connecting.asking import asked
from crm_sync.connecting.consenting import close, end_waiting
from crm_sync.connecting.setting_up import note
from crm_sync.models import Connection, SignIn
from crm_sync.signing_in.answers import LOGIN, StillWaiting, Token, device_code_of, token_of
from crm_sync.signing_in.requests import for_device, for_poll
from crm_sync.tokens import keeping
from crm_sync.tokens.entering import login_of
from integrations.accounts import secret_box
from integrations.errors import CallError, Rejected
from integrations.secrets import SecretUnreadable

SLOWER_S = 5  # RFC 8628 §3.5
DECLINED = ("authorization_declined", "access_denied")


def begin(row: Connection, user: User) -> SignIn:
    """Return an attempt with a code for the person. Raises CallError."""
    login = login_of(row)
    code = device_code_of(login, asked(row, login, for_device(login)))
    every = timedelta(seconds=code.interval_s)
    with transaction.atomic():
        end_waiting(row)
        attempt = SignIn.objects.create(
            connection=row, user_id=user.pk, grant="device_code",
            sealed=secret_box().seal(
                {"device_code": code.device_code, "user_code": code.user_code}
            ),
            verification_uri=code.verification_uri[:300], interval_s=code.interval_s,
            poll_at=Now() + every, expires_at=Now() + timedelta(seconds=code.lasts_s),
        )  # fmt: skip
    attempt.refresh_from_db()
    return attempt


def code_of(attempt: SignIn) -> str:
    """Return the code that the person types; "" once it is over."""
    try:
        return secret_box().open(attempt.sealed)["user_code"] if attempt.sealed else ""
    except SecretUnreadable:
        return ""


def poll(attempt: SignIn) -> SignIn:
    """Ask whether the person has consented, if it is time; return the attempt as it is then.

    However many processes poll, one of them asks in each interval.
    """
    rows = SignIn.objects.filter(pk=attempt.pk, state=SignIn.State.WAITING)
    over = rows.filter(expires_at__lte=Now())
    if over.update(state=SignIn.State.EXPIRED, words=LOGIN["expired_token"], sealed=""):
        attempt.refresh_from_db()
        return attempt
    every = timedelta(seconds=attempt.interval_s)
    if rows.filter(poll_at__lte=Now()).update(poll_at=Now() + every):
        _ask(attempt)
    attempt.refresh_from_db()
    return attempt


def poll_all() -> int:
    """Poll every attempt whose time it is, for a person who has closed the page; return how many.

    To be called every few seconds, by any process.
    """
    waiting = SignIn.objects.filter(grant="device_code", state=SignIn.State.WAITING)
    due = list(waiting.filter(poll_at__lte=Now()).select_related("connection", "user"))
    for attempt in due:
        poll(attempt)
    return len(due)


def _ask(attempt: SignIn) -> None:
    try:
        token = _given(attempt)
    except StillWaiting as waiting:
        if waiting.slower:
            SignIn.objects.filter(pk=attempt.pk).update(interval_s=F("interval_s") + SLOWER_S)
    except (Rejected, SecretUnreadable) as why:
        close(attempt, _state(getattr(why, "code", "")), str(why))
    except CallError as why:  # it may pass: the next poll asks again
        SignIn.objects.filter(pk=attempt.pk).update(words=str(why)[:300])
    else:
        _keep(attempt, token)


def _given(attempt: SignIn) -> Token:
    login = login_of(attempt.connection)
    device_code = secret_box().open(attempt.sealed)["device_code"]
    return token_of(login, asked(attempt.connection, login, for_poll(login, device_code)))


def _keep(attempt: SignIn, token: Token) -> None:
    with transaction.atomic():
        keeping.replace(attempt.connection_id, token)
        close(attempt, SignIn.State.DONE)
        note(attempt.connection, attempt.user, "Signed in with a code")


def _state(code: str) -> str:
    if code in DECLINED:
        return SignIn.State.DECLINED
    return SignIn.State.EXPIRED if code == "expired_token" else SignIn.State.FAILED

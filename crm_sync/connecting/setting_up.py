"""Connections are made, given what was typed for them, changed, and made to forget it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from crm_sync.models import Connection, SignIn
from crm_sync.registry import CONNECTORS
from crm_sync.signing_in import kind
from crm_sync.tokens import keeping
from integrations.accounts import is_sandbox, secret_box
from integrations.secrets import SecretUnreadable


def add(
    *, of: str, way: str, label: str, address: str, typed: Mapping[str, str], user: User
) -> Connection:
    """Make a connection with what was typed for it; it syncs nothing before somebody says what.

    Made in the sandbox it stays one to the sandbox. Raises IntegrityError for a label that another
    of its kind has.
    """
    connector = CONNECTORS.get(of)
    with transaction.atomic():
        row = Connection.objects.create(
            kind=of, way=way, label=label, address=address, is_sandbox=is_sandbox(),
            created_by=user,
            objects_on=list(connector.objects) if connector else [],
        )  # fmt: skip
        LogEntry.objects.log_actions(user.pk, [row], ADDITION, "Added", single_object=True)
        set_typed(row, typed, user)
    row.refresh_from_db()
    return row


def set_typed(row: Connection, typed: Mapping[str, str], user: User | None = None) -> None:
    """Keep what was typed over what was kept, the secrets sealed; a blank one stays as it was.

    Tokens that were given for the former ones go. Raises SecretUnreadable when those kept cannot be
    read and not all were typed.
    """
    changed = {name: text.strip() for name, text in typed.items() if text.strip()}
    if not changed:
        return
    with transaction.atomic():
        held = Connection.objects.select_for_update().get(pk=row.pk)
        way = kind(held.kind).way_or_first(held.way)
        held.way = way.slug
        secret = {one.name for one in way.typed if one.is_secret}
        sealed = {name: text for name, text in changed.items() if name in secret}
        plain = {name: text for name, text in changed.items() if name not in secret}
        if sealed:
            held.secrets = secret_box().seal({**_kept(held, sealed, secret), **sealed})
        held.options = {
            **held.options, "sign_in": {**held.options.get("sign_in", {}), **plain},
        }  # fmt: skip
        held.secrets_set = {**held.secrets_set, **dict.fromkeys(changed, _stamp(user))}
        held.save(update_fields=["way", "secrets", "secrets_set", "options", "updated_at"])
        keeping.forget(held.pk, _state(held))
        _end_sign_ins(held)
        labels = {one.name: one.label for one in way.typed}
        note(held, user, ". ".join(f"{labels.get(name, name)}: set" for name in changed))
    row.refresh_from_db()


def move(row: Connection, changed: Mapping[str, Any]) -> None:
    """Give a connection another way or address: what it was given for the former goes."""
    with transaction.atomic():
        Connection.objects.filter(pk=row.pk).update(**changed, updated_at=timezone.now())
        if "way" in changed:
            Connection.objects.filter(pk=row.pk).update(secrets="", secrets_set={})
        row.refresh_from_db()
        keeping.forget(row.pk, _state(row))
        _end_sign_ins(row)
    row.refresh_from_db()


def sign_out(row: Connection, user: User | None = None) -> None:
    """Forget the tokens; what was typed stays."""
    with transaction.atomic():
        keeping.forget(row.pk, Connection.State.NEW)
        _end_sign_ins(row)
        note(row, user, "Signed out: its tokens are forgotten")
    row.refresh_from_db()


def forget(row: Connection, user: User | None = None) -> None:
    """Forget the tokens and everything secret that was typed."""
    with transaction.atomic():
        Connection.objects.filter(pk=row.pk).update(
            secrets="", secrets_set={}, updated_at=timezone.now()
        )
        keeping.forget(row.pk, Connection.State.NEW)
        _end_sign_ins(row)
        note(row, user, "Secrets and tokens: forgotten")
    row.refresh_from_db()


def note(row: Connection, user: User | None, what: str) -> None:
    """Keep who changed what; never a secret. Without a person nobody is named, so nothing is."""
    if user is not None and what:
        LogEntry.objects.log_actions(user.pk, [row], CHANGE, what, single_object=True)


def _end_sign_ins(row: Connection) -> None:
    SignIn.objects.filter(connection=row, state=SignIn.State.WAITING).update(
        state=SignIn.State.FAILED, words="Somebody changed the connection meanwhile.", sealed=""
    )


def _state(row: Connection) -> str:
    """Return what a connection is before it was tried: a typed token is one already."""
    is_typed = kind(row.kind).way_or_first(row.way).grant == "static" and row.secrets
    return Connection.State.READY if is_typed else Connection.State.NEW


def _kept(row: Connection, typed: Mapping[str, str], wanted: set[str]) -> dict[str, str]:
    """Return the secrets as kept, {} where all of them were typed anew."""
    if not row.secrets:
        return {}
    try:
        return secret_box().open(row.secrets)
    except SecretUnreadable:
        if wanted <= set(typed):
            return {}
        raise


def _stamp(user: User | None) -> dict[str, Any]:
    return {
        "at": timezone.now().isoformat(timespec="seconds"),
        "by": user.get_username() if user else "",
    }

"""An account's secrets: typed and never shown, only when each was set and by whom."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminPasswordWidget

from integrations.accounts import secret_box, secrets_from_environment
from integrations.admin.forms.section import Row, Section
from integrations.provider import Secret
from integrations.secrets import SecretKeyInvalid, SecretUnreadable
from integrations.services import set_secrets

PREFIX = "secret_"


@dataclass(frozen=True, slots=True)
class SecretRow:
    """One secret: where it is from and since when; never what it is."""

    secret: Secret
    row: Row
    is_set: bool
    set_at: datetime | None
    set_by: str
    env: str


class SecretsForm(Section):
    """What was typed is never sent back, neither after an error nor after a conflict."""

    name = "secrets"
    title = "Secrets"
    permission = "integrations.change_secret"
    template = "integrations/account/_secrets.html"
    notes_itself = True  # the service does, for whoever calls it

    def current(self) -> dict[str, Any]:
        """Return when each was set, which stands for the secret itself on the page."""
        self.held, self.problem = self._look()
        self.from_environment = bool(secrets_from_environment(self.of))
        stamps = self.account.secrets_set
        return {PREFIX + s.name: stamps.get(s.name, {}).get("at", "") for s in self.of.secrets}

    def add_fields(self) -> None:
        self.initial = {}
        self.fields.update({PREFIX + s.name: _field(s) for s in self.of.secrets})

    def clean(self) -> dict[str, Any]:
        if self.from_environment:
            raise forms.ValidationError(
                "The secrets come from the environment, so nothing was kept. Change them there."
            )
        try:
            secret_box()
        except SecretKeyInvalid as why:
            raise forms.ValidationError(f"{why}. Nothing was kept.") from why
        typed = {s.name: self._typed(s) for s in self.of.secrets}
        for secret in self.of.secrets:
            wrong = secret.pattern and not re.fullmatch(secret.pattern, typed[secret.name])
            if typed[secret.name] and wrong:
                self.add_error(PREFIX + secret.name, f"This is not {secret.hint}.")
        if self.problem and any(typed.values()) and not all(typed.values()):
            self.add_error(None, "The secrets that are kept cannot be read: type all of them.")
        return self.cleaned_data

    def apply(self, changed: dict[str, Any]) -> None:
        typed = {name.removeprefix(PREFIX): secret for name, secret in changed.items()}
        set_secrets(self.account, typed, self.user)

    @property
    def changed(self) -> dict[str, Any]:
        return {name: typed for name, typed in self.cleaned_data.items() if typed}

    @property
    def secrets(self) -> list[SecretRow]:
        rows = {row.field.name: row for row in self.rows}
        return [self._row(secret, rows[PREFIX + secret.name]) for secret in self.of.secrets]

    @property
    def is_any_set(self) -> bool:
        return bool(self.account.secrets)

    @property
    def ignored_variables(self) -> list[str]:
        """The environment variables that are set, while others of the provider are not."""
        if self.from_environment:
            return []
        return [secret.env for secret in self.of.secrets if os.environ.get(secret.env)]

    def in_words(self, changed: dict[str, Any]) -> str:
        return ". ".join(f"{self.label_of(name)}: set" for name in changed)

    def shown(self, name: str, value: Any) -> str:
        """Return the stamp in words: what was typed is nobody's to see."""
        stamp = self.account.secrets_set.get(name.removeprefix(PREFIX), {})
        return f"set by {stamp.get('by') or 'somebody'}" if stamp else "not set"

    def _row(self, secret: Secret, row: Row) -> SecretRow:
        stamp = self.account.secrets_set.get(secret.name, {})
        at = datetime.fromisoformat(stamp["at"]) if stamp.get("at") else None
        is_set = secret.name in self.held
        env = secret.env if self.from_environment else ""
        return SecretRow(secret, row, is_set, at, stamp.get("by", ""), env)

    def _typed(self, secret: Secret) -> str:
        return str(self.cleaned_data.get(PREFIX + secret.name) or "")

    def _look(self) -> tuple[frozenset[str], str]:
        """Return the names of the secrets kept, and why they cannot be read."""
        if not self.account.secrets:
            return frozenset(), ""
        try:
            kept = secret_box().open(self.account.secrets)
        except (SecretUnreadable, SecretKeyInvalid) as why:
            return frozenset(), str(why)
        return frozenset(name for name, secret in kept.items() if secret), ""


def _field(secret: Secret) -> forms.Field:
    attrs = {"autocomplete": "new-password", "spellcheck": "false"}
    widget = UnfoldAdminPasswordWidget(attrs=attrs, render_value=False)
    return forms.CharField(
        label=secret.label,
        required=False,
        max_length=5000,
        help_text=f"{secret.hint[:1].upper()}{secret.hint[1:]}.",
        widget=widget,
        error_messages={"max_length": "This is too long for a secret."},
    )

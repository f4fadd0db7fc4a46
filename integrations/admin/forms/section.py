"""What a section of an account's page is: a form that writes only what its sender changed.

The page carries what each field held when it was shown. A field that the sender left alone is not
written, whatever became of it meanwhile; one that two people changed is shown to the second with
both values, and nothing of that form is written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import AbstractUser
from django.forms.boundfield import BoundField

from integrations import money
from integrations.models import Account
from integrations.provider import Provider
from integrations.registry import provider


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else changed while this person was typing."""

    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Row:
    """A field as the page shows it; `shown` is its value in words, for who may only look."""

    field: BoundField
    shown: str
    conflict: Conflict | None


class Section(forms.Form):
    """One section; `blank` is what an empty value of it means, in words.

    `user` is who sends it; `notes_itself` where `apply` keeps the history. Another room's sections
    are of rows of its own (`account`), and say what those are of.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    permission: ClassVar[str] = "integrations.change_account"
    template: ClassVar[str] = "integrations/account/_fields.html"
    blank: ClassVar[str] = "not set"
    notes_itself: ClassVar[bool] = False

    def __init__(
        self, account: Account, data: Any = None, user: AbstractUser | None = None
    ) -> None:
        self.account = account
        self.user = user
        self.of: Provider = self.kind_of(account)
        self.now = self.current()
        plain = {n: text(v) if isinstance(v, Decimal) else v for n, v in self.now.items()}
        super().__init__(data, initial=plain)
        self.add_fields()
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"about-{name}"

    def kind_of(self, account: Account) -> Provider:
        """Return what the row is an account at."""
        return provider(account.provider)

    def current(self) -> dict[str, Any]:
        """Return what every field holds now."""
        raise NotImplementedError

    def add_fields(self) -> None:
        """Add the fields that this account's provider asks for."""

    def apply(self, changed: dict[str, Any]) -> None:
        """Write the changed fields; called with the account's row locked."""
        raise NotImplementedError

    def shown(self, name: str, value: Any) -> str:
        """Return a value in words."""
        return {"": self.blank, "on": "on", "off": "off"}.get(text(value), text(value))

    def label_of(self, name: str) -> str:
        return str(self.fields[name].label)

    @property
    def seen(self) -> str:
        """What the page holds, for the form to send back."""
        return json.dumps({name: text(self.now[name]) for name in self.fields})

    @property
    def rows(self) -> list[Row]:
        found = self.conflicts if self.is_bound and self.is_valid() else {}
        return [
            Row(self[name], self.shown(name, self.now[name]), found.get(name))
            for name in self.fields
        ]

    @property
    def changed(self) -> dict[str, Any]:
        """What the sender changed, and nobody has made so already."""
        seen = self._sent()
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in self.fields
            and text(value) != seen.get(name, text(self.now[name]))
            and text(value) != text(self.now[name])
        }

    @property
    def conflicts(self) -> dict[str, Conflict]:
        """Return the fields that both the sender and somebody else changed."""
        seen = self._sent()
        return {
            name: Conflict(self.shown(name, self.now[name]), self.shown(name, value))
            for name, value in self.changed.items()
            if seen.get(name, text(self.now[name])) != text(self.now[name])
        }

    @property
    def can_be_saved(self) -> bool:
        return self.is_valid() and not self.conflicts

    def in_words(self, changed: dict[str, Any]) -> str:
        """Return what changes, "Budget a day: no cap → $20.00", for the page and the history."""
        return ". ".join(
            f"{self.label_of(name)}: {self.shown(name, self.now[name])} → {self.shown(name, value)}"
            for name, value in changed.items()
        )

    def _sent(self) -> dict[str, str]:
        """Return what the page held when it was shown; what is broken counts as held now."""
        try:
            sent = json.loads(self.data.get("seen", ""))
        except (ValueError, RecursionError):
            return {}
        return {str(k): str(v) for k, v in sent.items()} if isinstance(sent, dict) else {}


def text(value: Any) -> str:
    """Return a value as it is compared: 0.50 and 0.5 are one price, nothing and None one blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def usd(value: Decimal | None, blank: str) -> str:
    """Return an amount in words, and what a blank one means."""
    return blank if value is None else money.usd(value)

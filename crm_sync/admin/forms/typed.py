"""What a way of signing in has typed: ids in the open, secrets never shown again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from crm_sync.admin.forms.section import ConnectionSection, Unshown
from crm_sync.connecting.setting_up import set_typed
from crm_sync.signing_in import Typed, Way
from crm_sync.tokens import keeping
from integrations.accounts import secret_box
from integrations.admin.forms.section import Row
from integrations.secrets import SecretKeyInvalid, SecretUnreadable

PREFIX = "typed_"


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One thing typed: since when, by whom; of what is no secret also what."""

    typed: Typed
    row: Row
    is_set: bool
    set_at: datetime | None
    set_by: str
    shown: str


class TypedForm(ConnectionSection):
    name = "secrets"
    title = "What it signs in with"
    permission = "crm_sync.sign_in_connection"
    template = "crm_sync/_typed.html"
    notes_itself = True

    def current(self) -> dict[str, Any]:
        self.held, self.problem = self._look()
        stamps = self.row.secrets_set
        return {
            PREFIX + one.name: (
                stamps.get(one.name, {}).get("at", "")
                if one.is_secret
                else self.held.get(one.name, "")
            )
            for one in self.way.typed
        }

    def add_fields(self) -> None:
        add_typed(self.fields, self.way)
        plain = [PREFIX + one.name for one in self.way.typed if not one.is_secret]
        self.initial = {name: self.now[name] for name in plain}

    def clean(self) -> dict[str, Any]:
        try:
            secret_box()
        except SecretKeyInvalid as why:
            raise forms.ValidationError(f"{why}. Nothing was kept.") from why
        for name, words in unfit(self.way, self.cleaned_data).items():
            self.add_error(name, words)
        secret = [PREFIX + one.name for one in self.way.typed if one.is_secret]
        typed = [self.cleaned_data.get(name) for name in secret]
        if self.problem and any(typed) and not all(typed):
            self.add_error(None, "The secrets that are kept cannot be read: type all of them.")
        return self.cleaned_data

    @property
    def changed(self) -> dict[str, Any]:
        secret = {PREFIX + one.name for one in self.way.typed if one.is_secret}
        return {
            name: typed
            for name, typed in self.cleaned_data.items()
            if typed and (name in secret or typed != self.now[name])
        }

    def apply(self, changed: dict[str, Any]) -> None:
        set_typed(self.row, without_prefix(changed), self.user)  # type: ignore[arg-type] # a User

    @property
    def typed_rows(self) -> list[TypedRow]:
        rows = {row.field.name: row for row in self.rows}
        return [self._row(one, rows[PREFIX + one.name]) for one in self.way.typed]

    def in_words(self, changed: dict[str, Any]) -> str:
        return ". ".join(f"{self.label_of(name)}: set" for name in changed)

    def shown(self, name: str, value: Any) -> str:
        stamp = self.row.secrets_set.get(name.removeprefix(PREFIX), {})
        return f"set by {stamp.get('by') or 'somebody'}" if stamp else "not set"

    def _row(self, typed: Typed, row: Row) -> TypedRow:
        stamp = self.row.secrets_set.get(typed.name, {})
        at = datetime.fromisoformat(stamp["at"]) if stamp.get("at") else None
        shown = "" if typed.is_secret else self.held.get(typed.name, "")
        is_set = bool(self.held.get(typed.name))
        return TypedRow(typed, row, is_set, at, stamp.get("by", ""), shown)

    def _look(self) -> tuple[Mapping[str, str], str]:
        """Return what is kept, and why the secrets cannot be read."""
        try:
            return keeping.typed(self.row), ""
        except (SecretUnreadable, SecretKeyInvalid) as why:
            return self.row.options.get("sign_in", {}), str(why)


def add_typed(fields: dict[str, forms.Field], way: Way, *, is_new: bool = False) -> None:
    """Add the fields of a way; all that it needs are required of a new connection."""
    for one in way.typed:
        fields[PREFIX + one.name] = _field(one, is_required=is_new and not one.is_optional)


def unfit(way: Way, cleaned: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with what was typed, by field."""
    return {
        PREFIX + one.name: f"This is not a {in_sentence(one.label)}: {one.hint}."
        for one in way.typed
        if (text := str(cleaned.get(PREFIX + one.name) or ""))
        and one.pattern
        and not re.fullmatch(one.pattern, text)
    }


def in_sentence(label: str) -> str:
    """Return a label as it reads in a sentence; "API token" stays as it is."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def without_prefix(cleaned: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): str(text)
        for name, text in cleaned.items()
        if name.startswith(PREFIX)
    }


def _field(typed: Typed, *, is_required: bool) -> forms.Field:
    attrs = {"autocomplete": "new-password" if typed.is_secret else "off", "spellcheck": "false"}
    widget: forms.Widget = UnfoldAdminTextInputWidget(attrs=attrs)
    if typed.is_long:
        styled = UnfoldAdminTextareaWidget(attrs={**attrs, "rows": 4})
        widget = Unshown(attrs=styled.attrs)
    elif typed.is_secret:
        widget = UnfoldAdminPasswordWidget(attrs=attrs, render_value=False)
    return forms.CharField(
        label=typed.label,
        required=is_required,
        max_length=10_000,
        help_text=f"{typed.hint[:1].upper()}{typed.hint[1:]}.",
        widget=widget,
        error_messages={
            "required": f"Type the {in_sentence(typed.label)}.",
            "max_length": "This is too long.",
        },
    )

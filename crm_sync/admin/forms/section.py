"""What a section of a connection's page is: as an account's, of a row of this room."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.forms import widgets

from crm_sync.models import Connection
from crm_sync.signing_in import Kind, Way, kind
from integrations.admin.forms.section import Section


class ConnectionSection(Section):
    """A section whose `account` is a connection."""

    permission: ClassVar[str] = "crm_sync.change_connection"
    account: Any
    of: Any

    @classmethod
    def is_for(cls, row: Connection) -> bool:
        """Tell whether a connection of this kind has such a section."""
        return True

    def kind_of(self, account: Any) -> Any:
        return kind(account.kind)

    @property
    def row(self) -> Connection:
        row: Connection = self.account
        return row

    @property
    def way(self) -> Way:
        of: Kind = self.of
        return of.way_or_first(self.row.way)

    def shown(self, name: str, value: Any) -> str:
        """Return a value in words; of a choice its label."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            labels = {str(key): str(label) for key, label in field.choices}  # type: ignore[union-attr,misc]
            chosen = value if isinstance(value, list | tuple) else [value]
            named = [labels.get(str(one), str(one)) for one in chosen if one not in (None, "")]
            return ", ".join(named) or self.blank
        return super().shown(name, value)

    def write(self, changed: dict[str, Any]) -> None:
        for name, value in changed.items():
            setattr(self.row, name, value)
        self.row.save(update_fields=[*changed, "updated_at"])


class Unshown(widgets.Textarea):
    """A text area that never shows what was typed, neither after an error."""

    def format_value(self, value: Any) -> str:
        return ""

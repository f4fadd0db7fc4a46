"""Forms of rows that several people may edit: what somebody else changed is not written over.

The page carries what each field held when it was shown. A field that the sender left alone keeps
what it holds by now; one that both changed is shown to the second with both values, and nothing is
written until that one sends it again.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms

CHANGED = (
    "Somebody has changed this meanwhile. It is now: {now}. Save again to put yours in its place."
)


class Meanwhile:
    """Put before a form of what stands; its page sends `seen_mark` back as `seen_name`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._form: Any = self

    @property
    def seen_name(self) -> str:
        return str(self._form.add_prefix("seen"))

    @property
    def seen_mark(self) -> str:
        """What the fields hold now, for the page to send back."""
        return json.dumps({name: self._now(name) for name in self._watched()})

    def full_clean(self) -> None:
        form = self._form
        is_new = hasattr(form, "instance") and form.instance.pk is None
        both = [] if is_new or not form.is_bound else self._changed_by_both()
        super().full_clean()  # type: ignore[misc]  # of the form that this stands before
        for name in both:
            if name not in form.errors:
                form.add_error(name, CHANGED.format(now=self._in_words(name)))

    def _changed_by_both(self) -> list[str]:
        """Take over what only somebody else has changed; return what the sender changed too."""
        seen, both = self._seen(), []
        for name in self._watched():
            now, sent = self._now(name), self._sent(name)
            before = seen.get(name, now)
            if now != before and sent == before:
                self._take_over(name, now)
            elif before != now != sent:
                both.append(name)
        return both

    def _take_over(self, name: str, now: list[str]) -> None:
        form = self._form
        form.data = form.data.copy()
        form.data.setlist(form.add_prefix(name), now)

    def _watched(self) -> list[str]:
        """Without what cannot be typed, and what nobody may read."""
        fields = self._form.fields.items()
        secret = (forms.PasswordInput, forms.HiddenInput)
        return [n for n, one in fields if not (one.disabled or isinstance(one.widget, secret))]

    def _now(self, name: str) -> list[str]:
        field = self._form.fields[name]
        value = self._form.get_initial_for_field(field, name)
        if isinstance(field, forms.BooleanField):
            return _told(bool(value))
        return _told(field.widget.format_value(field.prepare_value(value)))

    def _sent(self, name: str) -> list[str]:
        form = self._form
        widget = form.fields[name].widget
        return _told(widget.value_from_datadict(form.data, form.files, form.add_prefix(name)))

    def _seen(self) -> dict[str, list[str]]:
        """What the page held when it was shown; what is broken counts as held now."""
        try:
            seen = json.loads(self._form.data.get(self.seen_name, ""))
        except (ValueError, RecursionError):
            return {}
        return seen if isinstance(seen, dict) else {}

    def _in_words(self, name: str) -> str:
        field, now = self._form.fields[name], self._now(name)
        if isinstance(field, forms.BooleanField):
            return "on" if now else "off"
        labels = {str(value): str(label) for value, label in getattr(field, "choices", ())}
        return ", ".join(labels.get(one, one) for one in now if one) or "empty"


def _told(value: Any) -> list[str]:
    """Return a value as a browser sends it, in one order."""
    if isinstance(value, bool):
        return ["on"] * value
    if isinstance(value, list | tuple | set):
        return sorted(str(one) for one in value)
    return ["" if value is None else str(value).replace("\r\n", "\n")]

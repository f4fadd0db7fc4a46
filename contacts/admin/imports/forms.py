"""What the wizard asks: a file or a paste; then which column is which, and by which rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import phonenumbers
from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from contacts.filters import countries
from contacts.importing.drafts import Column
from contacts.importing.fields import FIELDS
from contacts.importing.service import NOT_KEPT
from contacts.models import Import

# A longer paste is over what a form may send (DATA_UPLOAD_MAX_MEMORY_SIZE).
PASTE_LIMIT = 1_000_000

MODES = (
    (Import.Mode.FILL, "Add new contacts, and fill what is blank in known ones"),
    (Import.Mode.CREATE, "Add new contacts only; known ones stay as they are"),
    (Import.Mode.UPDATE, "Bring known contacts up to date only; new numbers are left out"),
    (Import.Mode.OVERWRITE, "Add new contacts, and let the file overwrite known ones"),
)


def regions() -> list[tuple[str, str]]:
    """Every country that has numbers, by its name, with the code that is dialled."""
    return [
        (code, f"{name} (+{phonenumbers.country_code_for_region(code)})")
        for code, name in countries()
    ]


def field_choices() -> list[tuple[str, str]]:
    kept = [(known.name, known.label) for known in FIELDS if known.name not in NOT_KEPT]
    left = [(f.name, f"{f.label} (stays in the file)") for f in FIELDS if f.name in NOT_KEPT]
    return [("", "— not imported —"), *kept, *left]


class UploadForm(forms.Form):
    """A file or pasted text, one of the two."""

    file = forms.FileField(required=False, max_length=200)
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=PASTE_LIMIT,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 7, "placeholder": "+1 415 555 0100\n(415) 555-0101\n…"}
        ),
        error_messages={"max_length": "This is too long to paste; bring it as a file."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser would cut a long paste there and say nothing.
        del self.fields["text"].widget.attrs["maxlength"]

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        text = chosen.get("text", "").strip()
        if self.errors:
            return chosen
        if chosen.get("file") and text:
            raise forms.ValidationError("Both a file and pasted numbers: give one of the two.")
        if not chosen.get("file") and not text:
            raise forms.ValidationError("Choose a file, or paste some numbers.")
        return chosen


class MappingForm(forms.Form):
    """A select for each column of the file, and the rules of the import."""

    mode = forms.ChoiceField(
        choices=MODES, widget=UnfoldAdminRadioSelectWidget(radio_style=1), label="What it may do"
    )
    region = forms.ChoiceField(
        label="Numbers without + are of",
        widget=UnfoldAdminSelectWidget(),
    )
    overwrite_human_edits = forms.BooleanField(
        required=False,
        label="Also overwrite what people have edited by hand",
        widget=UnfoldBooleanSwitchWidget(),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        record: Import,
        columns: Sequence[Column],
        may_overwrite_edits: bool,
    ) -> None:
        self.columns = columns
        super().__init__(data, initial=_initial(record))
        self.fields["region"].choices = regions()  # type: ignore[attr-defined]
        if not may_overwrite_edits:
            del self.fields["overwrite_human_edits"]
        for column in columns:
            self.fields[f"column_{column.at}"] = forms.ChoiceField(
                required=False, choices=field_choices(), label=column.name,
                widget=UnfoldAdminSelectWidget(attrs={"aria-label": f"{column.name} is"}),
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Column, Any]]:
        """Each column with its select."""
        return [(column, self[f"column_{column.at}"]) for column in self.columns]

    def clean(self) -> dict[str, Any]:
        mapping: dict[str, int] = {}
        for column in self.columns:
            name = self.cleaned_data.get(f"column_{column.at}")
            if not name:
                continue
            if name in mapping:
                taken = self.fields[f"column_{mapping[name]}"].label
                self.add_error(f"column_{column.at}", f"“{taken}” fills this already.")
            else:
                mapping[name] = column.at
        if "phone" not in mapping:
            self.add_error(None, "Say which column holds the phone numbers: choose Phone for it.")
        self.cleaned_data["mapping"] = mapping
        return self.cleaned_data

    @property
    def rules(self) -> dict[str, Any]:
        """The arguments of `drafts.revise`."""
        names = ("mapping", "mode", "region")
        overwrite = self.cleaned_data.get("overwrite_human_edits", False)
        return {name: self.cleaned_data[name] for name in names} | {
            "overwrite_human_edits": overwrite
        }


def _initial(record: Import) -> dict[str, Any]:
    chosen = {f"column_{at}": name for name, at in record.mapping.items()}
    rules = ("mode", "region", "overwrite_human_edits")
    return chosen | {name: getattr(record, name) for name in rules}

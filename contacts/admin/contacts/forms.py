"""What each kind of bulk action asks before it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from contacts.models import BulkAction, Tag

DELETE_WORD = "delete"


class ConfirmForm(forms.Form):
    """Which contacts were counted, and the form's own mark, so that it is sent once."""

    below = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)
    click = forms.UUIDField(widget=forms.HiddenInput)

    def wish(self) -> dict[str, Any]:
        """Return what the kind needs to be told beside its contacts."""
        return {}

    @property
    def marks(self) -> tuple[int, UUID]:
        return self.cleaned_data["below"], self.cleaned_data["click"]


class TagForm(ConfirmForm):
    tag = forms.CharField(
        max_length=50,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "tag-names", "autocomplete": "off"}),
        error_messages={"required": "Say which tag."},
    )

    def clean_tag(self) -> str:
        name = " ".join(self.cleaned_data["tag"].split())
        if not name:
            raise forms.ValidationError("Say which tag.")
        return name

    def wish(self) -> dict[str, Any]:
        return {"tag_name": self.cleaned_data["tag"]}


class UntagForm(TagForm):
    def clean_tag(self) -> str:
        name = super().clean_tag()
        if not Tag.objects.filter(name__iexact=name).exists():
            raise forms.ValidationError(f"There is no tag “{name}”.")
        return name


class ReasonForm(ConfirmForm):
    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "For example: carriers changed"}),
        error_messages={"required": "Say why: it is kept with the action."},
    )

    def wish(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class SuppressForm(ReasonForm):
    reason = forms.CharField(
        max_length=200,
        label="Why",
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "For example: asked us by e-mail"}),
        error_messages={"required": "Say why: it is kept with each number."},
    )


class DeleteForm(ConfirmForm):
    typed = forms.CharField(
        max_length=20,
        label=f"Type “{DELETE_WORD}” to confirm",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        error_messages={"required": f"Type “{DELETE_WORD}” to confirm."},
    )

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if typed.strip().casefold() != DELETE_WORD:
            raise forms.ValidationError(f"Type “{DELETE_WORD}”, without the quotation marks.")
        return typed


FORMS: dict[str, type[ConfirmForm]] = {
    BulkAction.Kind.ADD_TAG: TagForm,
    BulkAction.Kind.REMOVE_TAG: UntagForm,
    BulkAction.Kind.REPROCESS: ReasonForm,
    BulkAction.Kind.RETRY: ConfirmForm,
    BulkAction.Kind.SUPPRESS: SuppressForm,
    BulkAction.Kind.DELETE: DeleteForm,
}

"""Templates in the back office: written, checked, previewed, archived."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from contacts.admin.base import ToLookAt
from contacts.admin.pages import person
from contacts.models import Contact
from integrations.money import usd
from outreach import singles, words
from outreach.models import Template

WORDS = ("channel", "body", "fallbacks", "voicemail", "is_recorded")


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    class Meta:
        model = Template
        fields = ("name", *WORDS)
        labels = {
            "body": "Words", "fallbacks": "Where nothing is known",
            "voicemail": "To an answering machine", "is_recorded": "Record the calls",
        }  # fmt: skip
        help_texts = {
            "body": "Places are written {{ first_name }}, or {{ first_name | there }} with what is"
            f" said where it is not known. There are: {', '.join(words.PLACEHOLDERS)}.",
            "fallbacks": 'For all places of a name at once: {"first_name": "there"}.',
            "voicemail": "Of calls only. Empty: the call is ended.",
            "is_recorded": "Of calls only. Some laws ask that people are told.",
        }
        widgets = {
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 6}),
            "fallbacks": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            "voicemail": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        fallbacks = said.get("fallbacks") or {}
        is_flat = isinstance(fallbacks, dict) and all(
            isinstance(text, str) for text in fallbacks.values()
        )
        if not is_flat:
            self.add_error("fallbacks", 'Write {"first_name": "there"}: a text for each place.')
            return said
        for name in ("body", "voicemail"):
            text = said.get(name) or ""
            if text or name == "body":
                for problem in words.check(text, fallbacks):
                    self.add_error(name, str(problem))
        return said


@admin.register(Template)
class TemplateAdmin(ToLookAt):
    form = TemplateForm
    list_display = ("name", "channel", "version", "begins", "is_usable")
    list_filter = ("channel",)
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a name"
    change_list_template = "contacts/list.html"
    empty_title = "No template yet"
    empty_words = (
        "A template has the words of a text or of a call, with places for what is known of a"
        " contact. Campaigns, and texts to one contact, begin with one."
    )
    empty_act = "Write the first template"
    ordering = ("-id",)
    actions = ("archive",)
    readonly_fields = ("preview",)

    class Media:
        css = {"all": ["contacts/imports.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", *WORDS, "preview") if obj else ("name", *WORDS)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(ModelAdmin.has_add_permission(self, request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(ModelAdmin.has_change_permission(self, request, obj))

    def has_archive_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outreach.change_template")

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        """Other words are another version."""
        if not change:
            obj.created_by = person(request)
        elif set(form.changed_data) & set(WORDS):
            obj.version += 1
        super().save_model(request, obj, form, change)

    @admin.action(description="Archive: no new campaign can use them", permissions=["archive"])
    def archive(self, request: HttpRequest, rows: QuerySet[Template]) -> None:
        count = rows.filter(archived_at=None).update(archived_at=timezone.now())
        messages.success(request, f"{count} archived.")

    @display(description="Words")
    def begins(self, row: Template) -> str:
        return row.body if len(row.body) <= 60 else f"{row.body[:60]}…"

    @display(description="In use", boolean=True)
    def is_usable(self, row: Template) -> bool:
        return row.archived_at is None

    @display(description="For the newest contact")
    def preview(self, row: Template) -> SafeString | str:
        contact = Contact.objects.select_related("company").order_by("-pk").first()
        if contact is None:
            return "There are no contacts yet."
        message = singles.preview(contact, row).message
        counted = words.segments(message.body)
        facts = [
            ("Text", message.body or "nothing"),
            ("Encoding", f"{counted.encoding}, {counted.units} of {counted.per_segment} a segment"),
            ("Segments", str(message.segments)),
            ("Price at the most", usd(message.price_usd)),
            ("The gate says", message.words or "it may go"),
            *([("Advice", found.words)] if (found := words.advice(row.body)) else []),
        ]
        lines = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", facts)
        return format_html('<div class="imp"><dl class="imp-pairs">{}</dl></div>', lines)

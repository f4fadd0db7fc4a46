"""The list of contacts; the page of one is `dashboards.contact`, which knows other rooms too."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.models import Contact, Tag
from contacts.searching import contacts_matching

STATUS_COLOURS = {"completed": "success", "processing": "info", "failed": "danger", "pending": ""}
RISK_COLOURS = {"low": "success", "medium": "warning", "high": "danger"}


class LineType(admin.SimpleListFilter):
    """The types that providers tell, as a list: a big table is not asked for its values."""

    title = "line type"
    parameter_name = "line_type"
    TYPES = (
        "mobile", "landline", "fixed_voip", "non_fixed_voip", "toll_free", "personal", "premium",
        "shared_cost", "uan", "voicemail", "pager", "unknown",
    )  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.replace("_", " ").capitalize()) for name in self.TYPES]

    def queryset(self, request: HttpRequest, rows: QuerySet[Contact]) -> QuerySet[Contact]:
        return rows.filter(line_type=self.value()) if self.value() else rows


class TagFilter(admin.SimpleListFilter):
    """The first tags by name: there are few of them, however many contacts have one."""

    title = "tag"
    parameter_name = "tag"
    SHOWN = 100

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        tags = Tag.objects.order_by("name").values_list("pk", "name")[: self.SHOWN]
        return [(str(pk), name) for pk, name in tags]

    def queryset(self, request: HttpRequest, rows: QuerySet[Contact]) -> QuerySet[Contact]:
        tag = self.value() or ""
        if not (tag.isdecimal() and len(tag) < 19):
            return rows
        return rows.filter(taggings__tag_id=int(tag))


@admin.register(Contact)
class ContactAdmin(ToLookAt):
    list_display = (
        "who", "works_at", "status_shown", "line_type", "risk", "phone_country", "updated_at",
    )  # fmt: skip
    list_filter = ("status", LineType, "sms_pumping_risk_level", "phone_is_valid", TagFilter)
    list_select_related = ("company",)
    search_fields = ("phone_e164",)  # makes the search box; `get_search_results` does the work
    search_help_text = "The beginning of a number, a name, an e-mail address or a company"
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Contact], term: str
    ) -> tuple[QuerySet[Contact], bool]:
        return (rows.filter(contacts_matching(term)) if term.strip() else rows), False

    @display(description="Contact", header=True, ordering="id")
    def who(self, contact: Contact) -> tuple[str, str]:
        return contact.phone_display, contact.full_name

    @display(description="Company")
    def works_at(self, contact: Contact) -> str:
        return str(contact.company or "")

    @display(description="Status", label=STATUS_COLOURS)
    def status_shown(self, contact: Contact) -> tuple[str, str]:
        return contact.status, contact.get_status_display()

    @display(description="Risk", label=RISK_COLOURS)
    def risk(self, contact: Contact) -> tuple[str, str] | None:
        level = contact.sms_pumping_risk_level
        return (level, contact.get_sms_pumping_risk_level_display()) if level else None

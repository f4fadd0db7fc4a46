"""The list of erasures, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from unfold.decorators import display

from contacts.admin.base import ToMake
from contacts.admin.erasing import asking, page
from contacts.admin.pages import READ, WRITE, addresses, number, opened
from contacts.models import Erasure

COLOURS = {"waiting": "info", "working": "info", "done": "success", "failed": "danger"}
ERASURES = Erasure.objects.all()


def may_view(user: Any, _: Erasure) -> bool:
    return bool(user.has_perm("contacts.view_erasure"))


def may_erase(user: Any, _: Erasure) -> bool:
    return bool(user.has_perm(asking.ERASE))


# Address, view, who may, how.
PAGES = (
    ("progress", page.progress, may_view, READ),
    ("receipt", page.receipt, may_view, READ),
    ("go_on", page.go_on, may_erase, WRITE),
)


@admin.register(Erasure)
class ErasureAdmin(ToMake):
    list_display = ("what", "stage", "gone", "asked_by", "by_name", "created_at", "erased_at")
    list_filter = ("state",)
    change_list_template = "contacts/list.html"
    empty_title = "Nobody has been erased"
    empty_words = "Who asks to be forgotten is erased from the page of the contact, or from here."
    empty_act = "Erase a person"

    def get_urls(self) -> list[URLPattern]:
        pages = [(name, opened(view, may, ERASURES), how) for name, view, may, how in PAGES]
        return [*addresses(self, pages), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm(asking.ERASE)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return asking.of_words(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.page, may_view, ERASURES)(self, request, number(object_id))

    @display(description="Whose", header=True)
    def what(self, erasure: Erasure) -> tuple[str, str]:
        return erasure.hint[:1].upper() + erasure.hint[1:], f"Erasure {erasure.pk}"

    @display(description="State", label=COLOURS)
    def stage(self, erasure: Erasure) -> tuple[str, str]:
        if erasure.step == Erasure.Step.AGAIN and not erasure.is_over:
            return "waiting", "Erased, looked at once more"
        return erasure.state, erasure.get_state_display()

    @display(description="Rows that went")
    def gone(self, erasure: Erasure) -> str:
        return f"{sum(erasure.counts.values()):,}"

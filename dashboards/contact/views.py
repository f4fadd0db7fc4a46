"""The page of a contact and its tabs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.admin.erasing.asking import ERASE
from contacts.models import Contact
from contacts.suppression import standing
from dashboards.contact import asked, past, thread
from dashboards.contact.access import ADD_NOTE, ADD_TAG, CHANGE, REMOVE_TAG, contact_view
from dashboards.contact.cards import groups
from dashboards.contact.crms import crms
from dashboards.contact.glance import glance

# Each tab: its title, what it needs beside the right to view the contact, and what fills it.
TABS: dict[str, tuple[str, str, Any]] = {
    "fields": ("Fields", "", groups),
    "runs": ("What was asked", "enrichment.view_runitem", asked.runs),
    "answers": ("Raw answers", "enrichment.view_answer", asked.answers),
    "calls": ("API calls", "integrations.view_apicall", asked.calls),
    "origin": ("Where it came from", "contacts.view_import", asked.origin),
    "messages": ("Messages", thread.VIEW, thread.thread),
    "history": ("History", "", past.history),
}


@contact_view()
def page(request: HttpRequest, contact: Contact) -> HttpResponse:
    """The whole page; an unknown tab in the address is the first one."""
    wanted = request.GET.get("tab", "")
    context = {
        **admin.site.each_context(request),
        "opts": Contact._meta,
        "title": str(contact),
        "crms": crms(request.user, contact),
        "notes": contact.notes.select_related("author"),
        **tab_context(request, contact, wanted if wanted in TABS else "fields"),
        **head_context(request, contact),
        **tags_context(request, contact),
        "may_note": request.user.has_perm(ADD_NOTE),
        "may_erase": request.user.has_perm(ERASE),
    }
    return render(request, "dashboards/contact/page.html", context)


@contact_view()
def tab(request: HttpRequest, contact: Contact, name: str) -> HttpResponse:
    """One tab, for htmx to put in place."""
    return render(request, "dashboards/contact/tab.html", tab_context(request, contact, name))


def tab_context(request: HttpRequest, contact: Contact, name: str) -> dict[str, Any]:
    """Return what a tab shows; raises PermissionDenied for one that is not for this person."""
    _, needs, read = TABS[name]
    if needs and not request.user.has_perm(needs):
        raise PermissionDenied
    allowed = [
        (key, title) for key, (title, need, _) in TABS.items()
        if not need or request.user.has_perm(need)
    ]  # fmt: skip
    return {
        "contact": contact,
        "tabs": allowed,
        "tab": name,
        "tab_template": f"dashboards/contact/tab_{name}.html",
        "rows": read(contact),
        "opened": request.GET.get("answer", ""),
        "may_change": request.user.has_perm(CHANGE),
        "may_see_answers": request.user.has_perm("enrichment.view_answer"),
    }


def head_context(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    return {
        "contact": contact,
        "glance": glance(contact),
        "standing": standing([contact.phone_e164])[contact.phone_e164],
        "may_see_suppressions": request.user.has_perm("contacts.view_suppression"),
        "may_suppress": request.user.has_perm("contacts.add_suppression"),
        "may_see_companies": request.user.has_perm("contacts.view_company"),
    }


def tags_context(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    return {
        "contact": contact,
        "tags": contact.tags.order_by("name"),
        "may_tag": request.user.has_perm(ADD_TAG),
        "may_untag": request.user.has_perm(REMOVE_TAG),
    }

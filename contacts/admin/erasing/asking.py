"""Asking for an erasure: whom, what would go, and the word of whoever confirms it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.erasing.forms import SureForm, WhomForm
from contacts.admin.pages import found, go_to, person, show
from contacts.erasing import service
from contacts.erasing.service import Preview
from contacts.models import Contact

ERASE = "contacts.erase_contact"
SHOWN = 20


def of_contact(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """What erasing the person of a contact takes away, and on confirmation the erasure."""
    ask(request)
    contact = found(Contact.objects.select_related("company"), pk)
    return _confirm(office, request, service.preview_contact(contact), {})


def of_words(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """The same for whoever is under a number or an e-mail, also where no contact is."""
    ask(request)
    told = request.POST if request.method == "POST" else request.GET
    is_asked = "phone" in told or "email" in told
    form = WhomForm(told if is_asked else None)
    if not is_asked or not form.is_valid():
        return show(office, request, "contacts/erasing/whom.html", "Erase a person", form=form)
    preview = service.preview_words(form.phones, form.emails)
    return _confirm(office, request, preview, {
        "phone": form.cleaned_data["phone"], "email": form.cleaned_data["email"],
    })  # fmt: skip


def _confirm(
    office: ModelAdmin, request: HttpRequest, preview: Preview, whom: dict[str, str]
) -> HttpResponse:
    is_sent = request.method == "POST" and "ending" in request.POST
    form = SureForm(preview.person, request.POST if is_sent else None)
    if is_sent and form.is_valid():
        said = form.cleaned_data
        return go_to(service.start(
            preview.person, asked_by=said["asked_by"].replace("\0", ""), by=person(request),
            click=said["click"],
        ))  # fmt: skip
    return show(
        office, request, "contacts/erasing/confirm.html", "Erase this person", form=form,
        whom=whom, **_seen(preview),
    )  # fmt: skip


def _seen(preview: Preview) -> dict[str, Any]:
    who = preview.person
    return {
        "counts": sorted(preview.counts.items()),
        "contacts": preview.found.contacts[:SHOWN],
        "more": max(0, len(preview.found.contacts) - SHOWN),
        "others": preview.found.others[:SHOWN],
        "person": who,
        "shared": [*who.shared_phones, *who.shared_emails],
    }


def ask(request: HttpRequest) -> None:
    """Raise PermissionDenied for who may not erase."""
    if not request.user.has_perm(ERASE):
        raise PermissionDenied

"""Editing a field in place: the card, the small form, the difference, and giving it back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.annotations import give_back
from contacts.history import acting_as
from contacts.models import Contact
from contacts.services import EDITABLE, EditConflict, edit_contact
from dashboards.contact.access import CHANGE, contact_view, person
from dashboards.contact.cards import card, cards_of, fact_of, seen_mark
from dashboards.contact.fields import NAMES
from dashboards.contact.forms import FieldForm, field_form
from dashboards.contact.views import head_context

# Others may write other fields of the contact while ours is saved.
TRIES = 5


@contact_view()
def show(request: HttpRequest, contact: Contact, name: str) -> HttpResponse:
    """The card as it stands, for those who leave the form without saving."""
    return _card(request, contact, _known(name))


@contact_view(CHANGE, methods=("GET", "POST"))
def edit(request: HttpRequest, contact: Contact, name: str) -> HttpResponse:
    if _known(name) not in EDITABLE:
        raise Http404
    if request.method != "POST":
        return _form(request, contact, name, field_form(contact, name))
    form = field_form(contact, name, request.POST)
    if not form.is_valid():
        return _form(request, contact, name, form, seen=request.POST.get("seen", ""))
    return _save(request, contact, name, form)


@contact_view(CHANGE, methods=("POST",))
def release(request: HttpRequest, contact: Contact, name: str) -> HttpResponse:
    """Give a field that a person has set back to providers."""
    before = contact.provenance
    if request.POST.get("seen") != seen_mark(contact, _known(name)):
        message = "It has been changed meanwhile; this is how it stands now."
        return _card(request, contact, name, message=message)
    try:
        give_back(contact.pk, name, person(request), contact.revision)
    except EditConflict as conflict:
        message = "The contact has been changed at the same moment. Try again."
        return _card(request, conflict.current, name, message=message)
    return _card(request, _read(contact.pk), name, before=before)


def _save(request: HttpRequest, contact: Contact, name: str, form: FieldForm) -> HttpResponse:
    """Write the value; only a change of this very field meanwhile is a conflict."""
    seen = request.POST.get("seen", "")
    before = contact.provenance
    for _ in range(TRIES):
        if seen != seen_mark(contact, name):
            return _form(request, contact, name, form, is_conflict=True)
        try:
            with acting_as(person(request)):
                edit_contact(
                    contact.pk, {name: form.stored(name)}, person(request), contact.revision
                )
        except EditConflict:
            contact = _read(contact.pk)
            continue
        except ValidationError as refused:
            form.add_error("value", refused.messages)
            return _form(request, _read(contact.pk), name, form, seen=seen)
        return _card(request, _read(contact.pk), name, before=before)
    return _form(request, contact, name, form, is_conflict=True)


def _card(
    request: HttpRequest,
    contact: Contact,
    name: str,
    *,
    message: str = "",
    before: dict[str, Any] | None = None,
) -> HttpResponse:
    """The card; after a change also the head and the other cards that it moved."""
    context: dict[str, Any] = {
        "contact": contact,
        "card": card(contact, name),
        "message": message,
        "may_change": request.user.has_perm(CHANGE),
        "may_see_answers": request.user.has_perm("enrichment.view_answer"),
    }
    if before is not None:
        moved = [
            other for other in NAMES
            if other != name and before.get(other, {}) != fact_of(contact, other)
        ]  # fmt: skip
        context |= head_context(request, contact) | {
            "moved": list(cards_of(contact, moved).values()),
            "is_saved": True,
        }
    return render(request, "dashboards/contact/card_answer.html", context)


def _form(
    request: HttpRequest,
    contact: Contact,
    name: str,
    form: FieldForm,
    *,
    seen: str | None = None,
    is_conflict: bool = False,
) -> HttpResponse:
    """The form with what was typed; of a conflict, beside how the field stands now."""
    context = {
        "contact": contact,
        "card": card(contact, name),
        "form": form,
        "seen": seen_mark(contact, name) if seen is None else seen,
        "is_conflict": is_conflict,
    }
    return render(request, "dashboards/contact/form.html", context)


def _known(name: str) -> str:
    if name not in NAMES:
        raise Http404
    return name


def _read(pk: int) -> Contact:
    return Contact.objects.select_related("company").get(pk=pk)

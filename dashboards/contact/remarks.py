"""Notes and tags of a contact: what people add and take away."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from contacts.annotations import add_note, add_tag, delete_note, remove_tag, suggested_tags
from contacts.models import Contact
from dashboards.contact.access import ADD_NOTE, ADD_TAG, REMOVE_TAG, contact_view, person
from dashboards.contact.views import tags_context

POST = ("POST",)


@contact_view(ADD_NOTE, methods=POST)
def note(request: HttpRequest, contact: Contact) -> HttpResponse:
    typed = request.POST.get("text", "")
    try:
        add_note(contact, typed, person(request))
    except ValidationError as refused:
        return _notes(request, contact, typed, _words(refused, "A note needs some text."))
    return _notes(request, contact)


@contact_view(ADD_NOTE, methods=POST)
def forget_note(request: HttpRequest, contact: Contact, note_id: int) -> HttpResponse:
    delete_note(get_object_or_404(contact.notes, pk=note_id), person(request))
    return _notes(request, contact)


@contact_view(ADD_TAG, methods=POST)
def tag(request: HttpRequest, contact: Contact) -> HttpResponse:
    typed = request.POST.get("name", "")
    try:
        add_tag(contact, typed, person(request))
    except ValidationError as refused:
        return _tags(request, contact, typed, _words(refused, "A tag needs a name."))
    return _tags(request, contact)


@contact_view(REMOVE_TAG, methods=POST)
def untag(request: HttpRequest, contact: Contact, tag_id: int) -> HttpResponse:
    remove_tag(contact, tag_id, person(request))
    return _tags(request, contact)


@contact_view(ADD_TAG)
def suggest(request: HttpRequest, contact: Contact) -> HttpResponse:
    """The options of the box in which a tag is typed."""
    names = suggested_tags(request.GET.get("name", "")[:50].replace("\x00", ""))
    return render(request, "dashboards/contact/suggestions.html", {"names": names})


def _notes(
    request: HttpRequest, contact: Contact, typed: str = "", error: str = ""
) -> HttpResponse:
    context = {
        "contact": contact,
        "notes": contact.notes.select_related("author"),
        "may_note": request.user.has_perm(ADD_NOTE),
        "typed": typed,
        "error": error,
    }
    return render(request, "dashboards/contact/notes.html", context)


def _tags(request: HttpRequest, contact: Contact, typed: str = "", error: str = "") -> HttpResponse:
    context = tags_context(request, contact) | {"typed": typed, "error": error}
    return render(request, "dashboards/contact/tags.html", context)


def _words(refused: ValidationError, blank: str) -> str:
    """Return the reason; Django's own words for a blank do not name the thing."""
    is_blank = any(
        error.code == "blank" for errors in refused.error_dict.values() for error in errors
    )
    return blank if is_blank else " ".join(refused.messages)

"""Notes, tags, and a field given back to providers: what people add to a contact by hand."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from contacts.models import Contact, ContactChange, Note, Tag
from contacts.services import PERSON, EditConflict
from contacts.tagging import put_tag, take_tag

GIVEN_BACK = "given-back:"
SUGGESTED = 20


def add_note(contact: Contact, text: str, author: User) -> Note:
    """Keep a note. Raises ValidationError when it is blank or too long."""
    note = Note(contact=contact, author=author, text=text.strip().replace("\x00", ""))
    note.clean_fields()
    note.save()
    return note


def delete_note(note: Note, user: User) -> None:
    """Delete a note; raises PermissionDenied when it is somebody else's."""
    if note.author_id != user.pk:
        raise PermissionDenied
    note.delete()


def add_tag(contact: Contact, name: str, user: User) -> Tag:
    """Put a tag on a contact, made when there is none of that name yet.

    Raises ValidationError when the name is blank or too long.
    """
    tag = tag_named(name)
    put_tag(tag, [contact.pk], user)
    return tag


def tag_named(name: str) -> Tag:
    """Return the tag of that name, made when there is none yet; raises ValidationError likewise."""
    wanted = Tag(name=" ".join(name.replace("\x00", "").split()))
    wanted.clean_fields()
    Tag.objects.bulk_create([wanted], ignore_conflicts=True)
    return Tag.objects.get(name__iexact=wanted.name)


def remove_tag(contact: Contact, tag_id: int, user: User) -> None:
    if tag := Tag.objects.filter(pk=tag_id).first():
        take_tag(tag, [contact.pk], user)


def suggested_tags(beginning: str) -> list[str]:
    """Return names of tags that begin so, for the box in which one is typed."""
    tags = Tag.objects.filter(name__istartswith=beginning.strip())
    return list(tags.order_by("name").values_list("name", flat=True)[:SUGGESTED])


def give_back(contact_id: int, field: str, user: User, revision: int) -> None:
    """Let providers write a field again that a person had set; its value stays until they do.

    Raises EditConflict when the contact has moved on from `revision`.
    """
    contact = Contact.objects.get(pk=contact_id)
    fact = contact.provenance.get(field, {})
    if not str(fact.get("by", "")).startswith(PERSON):
        return
    by = f"{GIVEN_BACK}{user.get_username()}"
    now = timezone.now().isoformat(timespec="seconds")
    facts = contact.provenance | {field: {"by": by, "at": now, "sure": 0.0}}
    here = Contact.objects.filter(pk=contact_id, revision=revision)
    column = str(Contact._meta.get_field(field).attname)  # type: ignore[union-attr]
    value = getattr(contact, column)
    value = value if isinstance(value, str | int | bool | None) else str(value)
    with transaction.atomic():
        if not here.update(provenance=facts, revision=F("revision") + 1, updated_at=Now()):
            raise EditConflict(Contact.objects.get(pk=contact_id))
        ContactChange.objects.create(
            contact_id=contact_id,
            by=f"{PERSON}{user.get_username()}",
            before={column: value},
            after={column: value},
            sources={column: by},
        )

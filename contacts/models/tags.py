"""Note and Tag: what people say about a contact."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Lower, Now

from contacts.models.contact import Contact


class Note(models.Model):
    """What a person wrote about a contact; it is added and deleted, never changed."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(validators=[MaxLengthValidator(5000)])
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="note_not_blank", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Tag(models.Model):
    """A word that people sort contacts by; its case does not tell two tags apart."""

    name = models.CharField(max_length=50)
    contacts = models.ManyToManyField(Contact, through="ContactTag", related_name="tags")

    objects = models.Manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="tag_name_once"),
            models.CheckConstraint(name="tag_name_not_blank", condition=~models.Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class ContactTag(models.Model):
    """A tag on a contact, and who put it there."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings", db_index=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    added_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        constraints = [
            # Its index also lists the contacts of a tag, in the order of the contact list.
            models.UniqueConstraint(name="contacttag_once", fields=["tag", "contact"]),
        ]

    def __str__(self) -> str:
        return f"{self.tag} on contact {self.contact_id}"

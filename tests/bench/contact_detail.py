"""The page of a contact, with its tabs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

TABS = ("fields", "runs", "answers", "calls", "origin", "history")


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from contacts.models import Contact
    from tests.lab import million

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    million.ensure(contacts)
    first, last = Contact.objects.earliest("pk"), Contact.objects.latest("pk")
    pages = {
        f"{label} {tab}": f"{reverse('contact:page', args=[contact.pk])}?tab={tab}"
        for label, contact in (("first", first), ("last", last))
        for tab in TABS
    }
    yield measure("contact_detail", pages, contacts=contacts)

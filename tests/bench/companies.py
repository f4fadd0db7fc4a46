"""The list of a million companies, searched by any part of a name, and pages of companies."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from contacts.models import Company
    from tests.lab import million

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    million.ensure(contacts)
    with million.companies(contacts):
        first, last = Company.objects.earliest("pk"), Company.objects.latest("pk")
        pages = addresses(
            "admin:contacts_company_changelist",
            {}, {"p": 30}, {"p": 2000}, {"q": "inc"}, {"q": "company 4242"}, {"q": "y99.test"},
            {"q": "zzqq"}, {"q": "77"}, {"q": "nobody.test"},
        )  # fmt: skip
        for label, one in (("first", first), ("last", last)):
            pages[label] = reverse("admin:contacts_company_change", args=[one.pk])
        yield measure("companies", pages, contacts=contacts)

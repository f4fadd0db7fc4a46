"""The list of imports, by its filters and by name, and the page of one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from contacts.models import Import
    from tests.lab import worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    record = Import.objects.get(name=worked.REJECTS)
    pages = addresses(
        "admin:contacts_import_changelist",
        {}, {"p": 20}, {"state__exact": "failed"}, {"state__exact": "working"},
        {"mode__exact": "fill"}, {"q": "export of week 7"}, {"q": "zzqq"},
    ) | {"one import": reverse("admin:contacts_import_change", args=[record.pk])}  # fmt: skip
    yield measure("imports", pages, contacts=contacts)

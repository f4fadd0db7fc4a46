"""The history of exports, by its filters and by selection, and the page that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from contacts.models import Export
    from tests.lab import worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    export = Export.objects.earliest("pk")
    pages = addresses(
        "admin:contacts_export_changelist",
        {}, {"p": 20}, {"state__exact": "failed"}, {"state__exact": "working"},
        {"format__exact": "csv"}, {"format__exact": "xlsx"}, {"q": "failed, line"}, {"q": "zzqq"},
    )  # fmt: skip
    pages |= {
        "one export": reverse("admin:contacts_export_change", args=[export.pk]),
        "ask": reverse("admin:contacts_export_add"),
        "ask for failed": f"{reverse('admin:contacts_export_add')}?status=failed",
    }
    yield measure("exports", pages, contacts=contacts)

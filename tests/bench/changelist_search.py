"""The search over contacts: any part of a number, name, e-mail or company, rare and not there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

TERMS: tuple[dict[str, object], ...] = (
    {"q": "0100"}, {"q": "(415) 555-0100"}, {"q": "+1 415 555"}, {"q": "+4720"}, {"q": "5550"},
    {"q": "ada"}, {"q": "is heat"}, {"q": "zzqq"}, {"q": "nobody@nowhere.test"}, {"q": "q"},
    {"q": "hugo.juniper.999"}, {"q": "company 4242"}, {"q": "inc"}, {"q": "inc", "p": 30},
    {"q": "ada", "status": "failed"}, {"q": "zzqq", "country": "NO"}, {"q": "0100", "risk": "high"},
    {"q": "zzqq", "status": "completed"},
)  # fmt: skip


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from tests.lab import million

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    million.ensure(contacts)
    address = reverse("admin:contacts_contact_changelist")
    pages = {urlencode(one): f"{address}?{urlencode(one)}" for one in TERMS}
    yield measure("changelist_search", pages, contacts=contacts)

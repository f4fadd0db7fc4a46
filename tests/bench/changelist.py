"""The list of contacts, whole and by every filter, with much, little and nothing to show."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from contacts.models import Company, Import, Tag
    from tests.lab import million

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    million.ensure(contacts)
    company, record, tag = (model.objects.earliest("pk").pk for model in (Company, Import, Tag))
    chosen: list[dict[str, object]] = [
        {}, {"p": 20}, {"p": 200}, {"status": "failed"}, {"status": "completed", "p": 3},
        {"status": "processing"}, {"line_type": "mobile"}, {"line_type": "pager"},
        {"carrier": "Carrier 78"}, {"country": "NO"}, {"country": "SE"}, {"risk": "high"},
        {"email": "yes"}, {"email": "no"}, {"valid": "no"}, {"company": company},
        {"import": record}, {"tag": tag}, {"error": "the provider refused the number"},
        {"line_type": "mobile", "status": "failed"}, {"risk": "high", "status": "pending"},
        {"line_type": "mobile", "email": "no", "country": "CA"}, {"tag": tag, "import": record},
    ]  # fmt: skip
    address = reverse("admin:contacts_contact_changelist")
    pages = {urlencode(one) or "all": f"{address}?{urlencode(one)}" for one in chosen}
    yield measure("changelist", pages, contacts=contacts)

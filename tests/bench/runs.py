"""The list of runs, by its filters and by name, and the page of the biggest."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.urls import reverse

    from enrichment.models import Run
    from tests.lab import worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    first = Run.objects.earliest("pk")
    pages = addresses(
        "admin:enrichment_run_changelist",
        {}, {"p": 20}, {"state__exact": "working"}, {"state__exact": "blocked"}, {"by": "me"},
        {"mode__exact": "all"}, {"is_sandbox__exact": 1}, {"q": "run of week 7"}, {"q": "zzqq"},
    ) | {"one run": reverse("admin:enrichment_run_change", args=[first.pk])}  # fmt: skip
    yield measure("runs", pages, contacts=contacts)

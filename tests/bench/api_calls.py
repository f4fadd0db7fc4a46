"""The list of API calls, by every filter and search, with much, little and nothing to show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from django.utils import timezone

    from enrichment.models import Run
    from integrations.models import ApiCall
    from tests.lab import worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    first, last = Run.objects.earliest("pk"), Run.objects.latest("pk")
    newest, oldest = ApiCall.objects.latest("pk"), ApiCall.objects.earliest("pk")
    day = (timezone.now() - timedelta(days=9)).date()
    chosen: list[dict[str, object]] = [
        {}, {"before": newest.pk}, {"provider": "twilio"}, {"lookup": "twilio.line_type"},
        {"lookup": "twilio.sim_swap"}, {"lookup": "twilio.reassigned_number"},
        {"lookup": "connection_test"}, {"outcome": "answered"}, {"outcome": "failed"},
        {"outcome": "unknown"}, {"status": "2xx"}, {"status": "5xx"}, {"status": "4xx"},
        {"status": "none"}, {"status": 503}, {"error": "ServerError"}, {"error": "Throttled"},
        {"day": day}, {"day": day, "outcome": "failed"}, {"day": "2020-01-01"},
        {"run": first.pk}, {"run": last.pk}, {"run": last.pk, "status": "5xx"},
        {"contact": newest.contact_id}, {"contact": 1}, {"q": newest.pk}, {"q": oldest.remote_id},
        {"q": "+1415"}, {"q": "0100"}, {"q": "415 555 0100"}, {"q": "+999"},
        {"q": "0100", "outcome": "failed"}, {"q": "5550", "status": "4xx"},
    ]  # fmt: skip
    pages = addresses("admin:integrations_apicall_changelist", *chosen)
    yield measure("api_calls", pages, contacts=contacts)

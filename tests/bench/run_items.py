"""The list of run items: whole, by run, by state, by both, by error and by number."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

STATES = ("waiting", "claimed", "done", "failed", "dead", "cancelled")


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from enrichment.models import Run
    from tests.lab import worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    worked_off, at_work, small = Run.objects.order_by("pk").values_list("pk", flat=True)[:3]
    chosen: list[dict[str, object]] = [
        {}, {"p": 200}, {"q": "+1"}, {"q": "+1415"}, {"q": "+14155550100"}, {"q": "+1999"},
        {"error": "NotEntitled: reason 3 of the provider"}, {"error": "nothing of the kind"},
    ]  # fmt: skip
    chosen += [{"state__exact": state} for state in STATES]
    for pk in (worked_off, at_work, small):
        chosen += [{"run__id__exact": pk, "state__exact": state} for state in STATES]
        chosen += [
            {"run__id__exact": pk}, {"run__id__exact": pk, "p": 2},
            {"run__id__exact": pk, "q": "+1415"},
            {"run__id__exact": pk, "error": "NotEntitled: reason 3 of the provider"},
            {"run__id__exact": pk, "error": "nothing of the kind"},
        ]  # fmt: skip
    pages = addresses("admin:enrichment_runitem_changelist", *chosen)
    yield measure("run_items", pages, contacts=contacts)

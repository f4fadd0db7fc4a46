"""The pages of spend, by every grouping, at a year's tallies of two thousand runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from dashboards.spending.asked import GROUPINGS
    from enrichment.models import Recipe, Run
    from tests.lab import tallied, worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    tallied.ensure()
    first, recipe = Run.objects.earliest("pk").pk, Recipe.objects.earliest("pk").pk
    chosen: list[Mapping[str, object]] = [
        *[{"by": by, "period": period} for by in GROUPINGS for period in ("30", "90")],
        {"by": "lookup", "run": first}, {"by": "run", "recipe": recipe},
        {"by": "run", "team": "none"}, {"by": "day", "provider": "twilio", "period": "90"},
    ]  # fmt: skip
    spans: list[dict[str, object]] = [{}, {"period": "90"}]
    pages = {
        **addresses("dashboards:spend", *chosen),
        **{f"usable {one}": page for one, page in addresses(
            "dashboards:spend_usable", *spans, {"recipe": recipe}).items()},
        **{f"answers {one}": page for one, page in addresses(
            "dashboards:spend_answers", *spans, {"provider": "twilio"}).items()},
    }  # fmt: skip
    yield measure("spend", pages, contacts=contacts)

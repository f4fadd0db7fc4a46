"""The rows of spend as CSV, every one of them, with what they add up to at the end."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse

from dashboards.spending import sums
from dashboards.spending.asked import Asked
from dashboards.spending.rows import label_of
from integrations.registry import PROVIDERS, question_labels

COLUMNS = (
    "name", "asked", "hits", "misses", "errors", "unknown_outcomes", "spent_usd",
    "of_unknown_outcome_usd", "contacts_done", "contacts_usable", "usd_per_usable_contact",
)  # fmt: skip


class _Echo:
    """Hands back what a csv writer writes."""

    def write(self, text: str) -> str:
        return text


def response(asked: Asked, *, is_sandbox: bool) -> StreamingHttpResponse:
    """Return the file."""
    period = asked.period
    name = f"spend-by-{asked.by}-{period.first}-to-{period.last}.csv"
    return StreamingHttpResponse(
        _text(asked, is_sandbox=is_sandbox),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _text(asked: Asked, *, is_sandbox: bool) -> Iterator[str]:
    names = question_labels()
    labels = {of.slug: of.label for of in PROVIDERS}
    found = sums.sums(asked, is_sandbox=is_sandbox)
    writer = csv.writer(_Echo())
    yield writer.writerow([asked.by, "key", *COLUMNS[1:]])
    for one in found:
        yield writer.writerow(_row(one, label_of(one, asked.by, labels, names)))
    yield writer.writerow(_row(sums.total(found), "All"))


def _row(one: sums.Sum, label: str) -> list[Any]:
    usable_usd = one.usable_usd
    return [
        _plain(label), one.key or "", one.asked, one.hits, one.misses, one.errors, one.unknown,
        one.spent_usd, one.unknown_usd,
        "" if one.done is None else one.done, "" if one.usable is None else one.usable,
        "" if usable_usd is None else f"{usable_usd:.6f}",
    ]  # fmt: skip


def _plain(text: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

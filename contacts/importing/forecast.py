"""Says what an import would make of its rows, without writing: the same reading and rules."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from contacts.importing import store
from contacts.importing.companies import Directory
from contacts.importing.drafts import open_copy
from contacts.importing.resolve import REJECTED, Known, Outcome, Rules, resolve
from contacts.importing.staging import Candidate, stager
from contacts.models import Import

ROWS, SECONDS = 20_000, 4.0
_BATCH = 10_000
_REASONS = 8


@dataclass(slots=True)
class Forecast:
    """`counts` by outcome; `reasons` of rejections by how often, `first_lines` where first.

    `is_whole` is False where the scan ended before the file did.
    """

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    first_lines: dict[str, int] = field(default_factory=dict)
    row_count: int = 0
    is_whole: bool = True

    @property
    def common_reasons(self) -> list[tuple[str, int, int]]:
        """Why, how often, and on which line first."""
        common = self.reasons.most_common(_REASONS)
        return [(reason, count, self.first_lines[reason]) for reason, count in common]

    def add(self, outcome: Outcome) -> None:
        self.row_count += 1
        self.counts[outcome.outcome] += 1
        if outcome.outcome == REJECTED:
            self.reasons[outcome.reason] += 1
            self.first_lines.setdefault(outcome.reason, outcome.candidate.line)


def forecast(record: Import, *, rows: int = ROWS, seconds: float = SECONDS) -> Forecast:
    """Read at most so many rows for at most about so long. Raises FileRefused.

    The mapping must have a phone. Contacts that others write meanwhile may change the outcome.
    """
    found, known, companies = Forecast(), dict[str, list[Known]](), Directory()
    rules = Rules(record.mode, record.overwrite_human_edits)
    deadline = time.monotonic() + seconds
    candidates = _candidates(record)
    while batch := _batch(candidates, min(_BATCH, rows - found.row_count), deadline):
        numbers = {row.e164 for row in batch if not row.problem} - known.keys()
        known |= store.read_known(numbers)
        companies.learn({row.company for row in batch if row.company})
        for outcome in resolve(batch, known, companies, rules).outcomes:
            found.add(outcome)
        if found.row_count >= rows or time.monotonic() > deadline:
            found.is_whole = next(candidates, None) is None
            break
    return found


def _candidates(record: Import) -> Iterator[Candidate]:
    stage = stager(record.mapping, record.region)
    return (stage(row) for row in open_copy(record).rows())


def _batch(candidates: Iterator[Candidate], rows: int, deadline: float) -> list[Candidate]:
    """The next rows: as many as asked for, fewer when time is up."""
    batch: list[Candidate] = []
    for candidate in islice(candidates, rows):
        batch.append(candidate)
        if len(batch) % 500 == 0 and time.monotonic() > deadline:
            break
    return batch

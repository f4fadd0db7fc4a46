"""Settles a chunk of rows in one transaction: all of it happens, or nothing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from contacts.erasing.keeping_out import Caller, held_back
from contacts.importing import companies, store
from contacts.importing.companies import Company, Directory
from contacts.importing.resolve import Decisions, Known, Outcome, Rules, resolve
from contacts.importing.staging import Candidate
from contacts.leases import TakenOver
from contacts.models import Import

# Trouble with the connection or with another transaction, not with the rows.
UNREACHABLE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
OUTCOMES = ("created", "updated", "repeated", "skipped", "rejected")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """What every chunk of an import needs to know; `source` and `at` go into provenance.

    `on_decided` is called when the rest of a chunk is PostgreSQL's work, `beat` before each try.
    """

    import_id: int
    worker_id: UUID
    rules: Rules
    source: str
    at: str
    companies: Directory = field(default_factory=Directory)
    on_decided: Callable[[], None] = lambda: None
    beat: Callable[[], None] = lambda: None


def settle(job: Job, candidates: Sequence[Candidate], after_line: int) -> Counter[str]:
    """Settle the rows that follow `after_line`; return the count of each outcome.

    Where the database refuses the chunk, its halves are tried, down to the one row that is to
    blame: that one is rejected with the reason. Raises TakenOver, and OperationalError when the
    database cannot be reached.
    """
    job.beat()
    try:
        return _settle_once(job, candidates, after_line)
    except UNREACHABLE:
        job.companies.forget()
        raise
    except (DatabaseError, psycopg.Error, ValueError) as error:
        job.companies.forget()
        log.warning("import_chunk_refused", rows=len(candidates), line=after_line, error=str(error))
        if len(candidates) == 1:
            candidates[0].problem = f"the database refused it: {_first_line(error)}"
            return _settle_once(job, candidates, after_line)
    middle = len(candidates) // 2
    counts = settle(job, candidates[:middle], after_line)
    return counts + settle(job, candidates[middle:], candidates[middle - 1].line)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _settle_once(job: Job, candidates: Sequence[Candidate], after_line: int) -> Counter[str]:
    with transaction.atomic():
        _hold(job, after_line)
        store.take_turn()
        decisions = _decide(job, candidates)
        job.on_decided()
        _write(job, decisions)
        counts = Counter(outcome.outcome for outcome in decisions.outcomes)
        _advance(job, candidates[-1].line, counts)
        with connection.cursor() as cursor:  # a refusal must come here, not with the commit
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return counts


def _hold(job: Job, after_line: int) -> None:
    """Lock the import's row, so that no second worker can settle the same rows."""
    with connection.cursor() as cursor:
        # A crash may lose the last chunks whole, with the line they moved: they are read again.
        cursor.execute("SET LOCAL synchronous_commit = off")
        # To start helpers takes longer than to read a few thousand index entries.
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        cursor.execute(
            "SELECT 1 FROM contacts_import WHERE id = %s AND state = %s AND worker_id = %s"
            " AND read_line = %s FOR UPDATE",
            [job.import_id, Import.State.WORKING, job.worker_id, after_line],
        )
        if cursor.fetchone() is None:
            raise TakenOver(f"import {job.import_id} is no longer ours")


def _decide(job: Job, candidates: Sequence[Candidate]) -> Decisions:
    """Decide on what the database says; again where a contact to update has moved meanwhile."""
    _hold_back(candidates)
    numbers = {row.e164 for row in candidates if not row.problem}
    wanted = {row.company for row in candidates if row.company}
    while True:
        known = store.read_known(numbers)
        if job.rules.overwrites:
            store.mark_met(job.import_id, known)
        job.companies.learn(wanted)
        decisions = resolve(candidates, known, job.companies, job.rules)
        if not decisions.updated:
            return decisions
        locked = store.lock(decisions.updated)
        if all(locked.get(c.id, (-1,))[0] == c.revision for c in decisions.updated):
            _finish_before(decisions.outcomes, {id_: facts for id_, (_, facts) in locked.items()})
            return decisions


def _hold_back(candidates: Sequence[Candidate]) -> None:
    """Reject whoever was erased, and keep nothing of what the row says."""
    told = [row for row in candidates if not row.problem]
    callers = [Caller(row.e164, row.values.get("email", ""), row.name, row.ext) for row in told]
    for at, words in held_back(callers).items():
        told[at].problem, told[at].cells = words, []


def _finish_before(outcomes: Sequence[Outcome], provenance: dict[int, dict[str, Any]]) -> None:
    """Turn what updates replaced into what undo needs: old value and old provenance per field."""
    for outcome in outcomes:
        if outcome.before is None or outcome.contact is None:
            continue
        facts = provenance.get(outcome.contact.id, {})
        outcome.before = {
            name: [_plain(old), facts.get(name)] for name, old in outcome.before.items()
        }


def _plain(old: Any) -> Any:
    return old.id if isinstance(old, Company) else old


def _write(job: Job, decisions: Decisions) -> None:
    written: list[Known] = [*decisions.created, *decisions.updated]
    fact = {"by": job.source, "at": job.at, "sure": store.FILE_SURE}
    mentioned = dict.fromkeys(contact.company for contact in written if contact.company)
    companies.create(mentioned, fact)
    store.create_contacts(decisions.created, job.source, job.at)
    store.update_contacts(decisions.updated, job.source, job.at)
    store.copy_outcomes(job.import_id, decisions.outcomes)


def _advance(job: Job, line: int, counts: Counter[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_import SET read_line = %s, losses = 0,"
            + ", ".join(f" {name}_count = {name}_count + %s" for name in OUTCOMES)
            + " WHERE id = %s",
            [line, *[counts[name] for name in OUTCOMES], job.import_id],
        )

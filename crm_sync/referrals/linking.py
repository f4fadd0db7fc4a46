"""Links referrals with companies: by their domains, or as a person says, who has the last word."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction

from contacts.models import Company
from crm_sync.models import Referral, ReferralChange

MOST_CANDIDATES = 20
SLICE = 1_000
# What waits for a company, or has lost it, and finds one by now.
OPEN = """
SELECT id FROM crm_sync_referral AS r
WHERE connection_id = %s AND (link_state = 'none' OR (link_state = 'auto' AND company_id IS NULL))
  AND EXISTS (SELECT FROM contacts_company AS c WHERE c.domain = ANY(r.domains))
ORDER BY id LIMIT %s
"""
BY_DOMAIN = (Referral.Link.NONE, Referral.Link.AUTO, Referral.Link.SEVERAL)


class LinkRefused(ValueError):
    """The referral cannot be linked so; the message says what to do."""


def link_by_domain(connection_id: int, ids: Collection[int]) -> int:
    """Link these referrals by their domains, and return how many links have changed."""
    if not ids:
        return 0
    rows = Referral.objects.select_for_update(of=("self",)).filter(
        connection_id=connection_id, pk__in=ids, link_state__in=BY_DOMAIN
    )
    with transaction.atomic():
        held_rows = list(rows.order_by("pk"))
        domains = {domain for row in held_rows for domain in row.domains}
        known = dict(Company.objects.filter(domain__in=domains).values_list("domain", "pk"))
        changed = [row for row in held_rows if _settle(row, known)]
        Referral.objects.bulk_update(changed, ["link_state", "company", "candidates"])
    return len(changed)


def link_open(connection_id: int) -> int:
    """Link what had no company and has one by now, a slice of it; return how many were."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [connection_id, SLICE])
        ids = [id_ for (id_,) in cursor.fetchall()]
    return link_by_domain(connection_id, ids)


def link_by_hand(referral_id: int, company_id: int, user: User | None) -> Referral:
    """Link a referral with a company, for good: no sync takes it away.

    Raises LinkRefused when there is no such company.
    """
    company = Company.objects.filter(pk=company_id).first()
    if company is None:
        raise LinkRefused("There is no such company any more. Choose another.")
    with held(referral_id) as row:
        note(row, "link", _of(row), f"{Referral.Link.MANUAL.label}: {company}", user)
        row.company, row.link_state, row.linked_by = company, Referral.Link.MANUAL, user
        row.candidates = []
        row.save(update_fields=["company", "link_state", "linked_by", "candidates"])
    return row


def unlink(referral_id: int, user: User | None) -> Referral:
    """Give a referral back to linking by domain. Raises LinkRefused for one that is a lead."""
    with held(referral_id) as row:
        if row.link_state == Referral.Link.CREATED:
            raise LinkRefused("It has been made a lead, and stays with its company.")
        before = _of(row)
        row.company, row.link_state, row.linked_by = None, Referral.Link.NONE, None
        row.candidates = []
        row.save(update_fields=["company", "link_state", "linked_by", "candidates"])
        note(row, "link", before, Referral.Link.NONE.label, user)
        link_by_domain(row.connection_id, [row.pk])
    row.refresh_from_db()
    return row


@contextmanager
def held(referral_id: int) -> Iterator[Referral]:
    """A referral locked for the block, in a transaction; a sync that writes it waits."""
    with transaction.atomic():
        yield Referral.objects.select_for_update(of=("self",)).get(pk=referral_id)


def note(row: Referral, what: str, before: str, after: str, user: User | None) -> None:
    """Keep what a person did with a referral."""
    ReferralChange.objects.create(
        referral=row, what=what, before=before[:300], after=after[:300], by=user
    )


def _settle(row: Referral, known: Mapping[str | None, int]) -> bool:
    """Give a row the link that its domains come to; tell whether that is another one."""
    fits = [known[domain] for domain in row.domains if domain in known]
    state, company_id = Referral.Link.NONE, None
    if len(fits) > 1:
        state = Referral.Link.SEVERAL
    elif fits:
        state, company_id = Referral.Link.AUTO, fits[0]
    candidates = fits[:MOST_CANDIDATES] if len(fits) > 1 else []
    before = (row.link_state, row.company_id, row.candidates)
    if before == (state, company_id, candidates):
        return False
    was = row.get_link_state_display()
    ReferralChange.objects.create(referral=row, what="link", before=was, after=state.label)
    row.link_state, row.company_id, row.candidates = state, company_id, candidates
    return True


def _of(row: Referral) -> str:
    label = str(row.get_link_state_display())
    return f"{label}: {row.company}" if row.company_id else label

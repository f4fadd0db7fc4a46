"""Settling: once the import is through, every find gets its fate, its company and its facts.

In blocks, each in a transaction that holds the discovery's row, so that a worker that dies loses
one block and two workers never settle at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from contacts.importing import companies, store
from contacts.importing.companies import Directory, Named, read_name
from contacts.models import Company, Contact, Import, ImportRow
from enrichment import services
from enrichment.discovery import facts
from enrichment.discovery.listing import own_domain
from enrichment.models import Discovery, DiscoveryFind, Fate

BLOCK = 500
FATE_OF = {
    ImportRow.Outcome.CREATED: Fate.NEW,
    ImportRow.Outcome.UPDATED: Fate.UPDATED,
    ImportRow.Outcome.REPEATED: Fate.REPEATED,
    ImportRow.Outcome.SKIPPED: Fate.REPEATED,
    ImportRow.Outcome.REJECTED: Fate.REJECTED,
}
THROUGH = (Import.State.DONE, Import.State.UNDONE)


def settle(discovery_id: int) -> bool:
    """Settle a discovery whose import is through; tell whether it is done now."""
    while True:
        with transaction.atomic():
            row = _held(discovery_id)
            if row is None:
                return False
            if not _settle_block(row):
                _end(row)
                return True


def _held(discovery_id: int) -> Discovery | None:
    """Lock a discovery that may be settled; None while its import is under way, or it is done."""
    rows = Discovery.objects.filter(pk=discovery_id, state=Discovery.State.IMPORTING)
    row = rows.select_for_update(of=("self",)).select_related("record").first()
    if row is None or (row.record and row.record.state not in THROUGH):
        return None
    return row


def _settle_block(row: Discovery) -> bool:
    finds = list(
        DiscoveryFind.objects.filter(discovery=row, is_settled=False)
        .select_related("same_as")
        .order_by("pk")[:BLOCK]
    )
    if not finds:
        return False
    if row.record and row.record.state == Import.State.DONE:
        _settle_rows(finds, row.record)
        made = _find_companies(finds, row.record)
        mine = Import.objects.filter(pk=row.record.pk)
        mine.update(company_count=F("company_count") + made)
        facts.tell(finds)
    else:  # taken back before we came to it: the outcomes tell what it was
        _settle_rows(finds, row.record)
    for find in finds:
        find.is_settled = True
    DiscoveryFind.objects.bulk_update(finds, ["fate", "company", "is_settled"])
    return True


def _settle_rows(finds: Collection[DiscoveryFind], record: Import | None) -> None:
    """Give imported finds the fate of their row, and the company of its contact where it fits."""
    lines = {find.line: find for find in finds if find.line}
    rows = ImportRow.objects.filter(source=record, line__in=list(lines)) if record else ()
    contacts: dict[int, DiscoveryFind] = {}
    for found in rows:
        find = lines[found.line]
        find.fate = FATE_OF[ImportRow.Outcome(found.outcome)]
        if found.contact_id:
            contacts[found.contact_id] = find
    for find in lines.values():
        find.fate = find.fate or Fate.REJECTED  # its row went with a deleted import
    known = Contact.objects.filter(pk__in=contacts, company__isnull=False)
    for contact in known.select_related("company").defer("company__provenance", "provenance"):
        find = contacts[contact.pk]
        named = _named(find)
        if named and contact.company and _is_called(contact.company, named):
            find.company = contact.company


def _named(find: DiscoveryFind) -> Named | None:
    """Return how a listing names its company."""
    listed, domain = find.business, own_domain(find.business.get("website", ""))
    named = read_name(str(listed.get("name", ""))[: companies.NAME_LIMIT], domain)
    place = "" if domain else companies.place_key(str(listed.get("postal_code", "")))
    return named and named._replace(place=place)


def _is_called(company: Company, named: Named) -> bool:
    if named.domain and company.domain:
        return named.domain == company.domain
    return bool(named.key) and named.key == company.name_key


def _find_companies(finds: Iterable[DiscoveryFind], record: Import) -> int:
    """Find or make the companies of finds that have none yet; return how many were made."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    fact = {"by": f"file:{record.pk}", "at": at, "sure": store.FILE_SURE}
    store.take_turn()  # beside an import of the same firms, one of us makes them
    made = 0
    for find in finds:
        if find.fate == Fate.COMPANY:
            find.company_id, is_new = _company_of(find, fact)
            made += is_new
        elif find.same_as:
            find.company_id = find.company_id or _now(find.same_as, finds)
        elif find.fate == Fate.CLOSED and (named := _named(find)) and named.domain:
            find.company = Company.objects.filter(domain=named.domain).first()
    return made


def _now(first: DiscoveryFind, finds: Iterable[DiscoveryFind]) -> int | None:
    """Return the company of the first listing, which may be settled in this block."""
    here = next((find for find in finds if find.pk == first.pk), first)
    return here.company_id


def _company_of(find: DiscoveryFind, fact: dict[str, Any]) -> tuple[int | None, bool]:
    named = _named(find)
    if named is None:
        return None, False
    directory = Directory()
    directory.learn([named])
    company = directory.find(named)
    is_new = not company.id
    before = Company.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    companies.create([company], fact)
    return company.id, is_new and company.id > before


def _end(row: Discovery) -> None:
    """Count, make the run that was wished for, and be done."""
    _count(row)
    if row.recipe and row.record and row.run is None and row.record.state == Import.State.DONE:
        row.run = services.create_run(
            row.recipe, {"import": row.record.pk}, name=f"{row}: {row.recipe}"[:200],
            user=row.created_by, waits=False,
        )  # fmt: skip
    row.state, row.finished_at, row.reason = Discovery.State.DONE, timezone.now(), ""
    row.save()


def _count(row: Discovery) -> None:
    counts = {f"{fate}_count": Count("pk", filter=Q(fate=fate)) for fate in Fate.values}
    finds = DiscoveryFind.objects.filter(discovery=row).order_by()
    by_search = finds.values("search").annotate(found_count=Count("pk"), **counts)
    rows = [dict[str, Any](one) for one in by_search]
    row.by_search = {one.pop("search"): one for one in rows}
    for name in ("found_count", *counts):
        setattr(row, name, sum(one[name] for one in rows))
    with connection.cursor() as cursor:
        sums = ", ".join(f"count(*) FILTER (WHERE fate = '{fate}')" for fate in Fate.values)
        cursor.execute(
            "UPDATE enrichment_discoveryplace p SET (found_count, "
            + ", ".join(counts)
            + f") = (SELECT count(*), {sums} FROM enrichment_discoveryfind f"
            " WHERE f.place_id = p.id) WHERE p.discovery_id = %s",
            [row.pk],
        )


def unfinished() -> list[int]:
    """Return the discoveries whose import is through or gone, and that are not settled."""
    rows = Discovery.objects.filter(state=Discovery.State.IMPORTING)
    ready = rows.filter(Q(record=None) | Q(record__state__in=THROUGH))
    return list(ready.order_by("pk").values_list("pk", flat=True))

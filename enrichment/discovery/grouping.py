"""Which finds of a discovery are one business: block by block, in memory that no count enlarges.

The businesses met so far stand in a temporary table by their keys; a block reads those that its
own finds may be, and writes back what it learned. It is the transaction's own and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.db import connection

from enrichment.discovery.listing import Keys, Listing, Met, keys_of
from enrichment.models import Discovery, DiscoveryFind, Fate

BLOCK = 2_000
_MAKE = """
CREATE TEMP TABLE IF NOT EXISTS discovery_met (id bigint PRIMARY KEY, phone text NOT NULL,
 domain text NOT NULL, name text NOT NULL, postal_code text NOT NULL) ON COMMIT DROP;
CREATE INDEX IF NOT EXISTS discovery_met_phone ON discovery_met (phone) WHERE phone <> '';
CREATE INDEX IF NOT EXISTS discovery_met_domain ON discovery_met (domain, (phone = ''), id)
 WHERE domain <> '';
CREATE INDEX IF NOT EXISTS discovery_met_place ON discovery_met (name, postal_code);
TRUNCATE discovery_met
"""
# Of one domain two will do, the first with a phone and the first without: a listing without a
# phone is whichever comes first, one with another phone can only be the one that has none yet.
_READ = """
SELECT id, phone, domain, name, postal_code FROM discovery_met
 WHERE phone <> '' AND phone = ANY(%(phones)s)
UNION SELECT m.* FROM unnest(%(domains)s::text[]) AS d (domain),
 (VALUES (true), (false)) AS b (bare),
 LATERAL (SELECT * FROM discovery_met
  WHERE domain = d.domain AND domain <> '' AND (phone = '') = b.bare ORDER BY id LIMIT 1) AS m
UNION SELECT m.* FROM discovery_met AS m
 JOIN unnest(%(names)s::text[], %(codes)s::text[]) AS p (name, code)
 ON m.name = p.name AND m.postal_code = p.code
ORDER BY id
"""
_KEEP = """
INSERT INTO discovery_met SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[],
 %s::text[]) ON CONFLICT (id) DO UPDATE SET phone = excluded.phone, domain = excluded.domain,
 name = excluded.name, postal_code = excluded.postal_code
"""
_REPEATED = """
UPDATE enrichment_discoveryfind AS f SET same_as_id = v.same_as, fate = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS v (id, same_as) WHERE f.id = v.id
"""


def group(row: Discovery, *, block: int = BLOCK) -> None:
    """Point every find that speaks of a business met before at the find that spoke of it first.

    To be called in a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
    for finds in _blocks(row, block):
        _group_block(finds)


def _blocks(row: Discovery, size: int) -> Iterator[list[DiscoveryFind]]:
    above = 0
    finds = DiscoveryFind.objects.filter(discovery=row).only("business").order_by("pk")
    while block := list(finds.filter(pk__gt=above)[:size]):
        yield block
        above = block[-1].pk


def _group_block(finds: Iterable[DiscoveryFind]) -> None:
    keys = {find.pk: keys_of(find.business) for find in finds}
    listing = Listing()
    for met in _met_before(keys.values()):
        listing.remember(met)
    before = {id_: met.keys for id_, met in listing.known.items()}
    same_as = {id_: first.id for id_, of in keys.items() if (first := listing.meet(id_, of))}
    _keep(met for id_, met in listing.known.items() if before.get(id_) != met.keys)
    _write(same_as)


def _met_before(keys: Iterable[Keys]) -> list[Met]:
    """Return the businesses met in earlier blocks that these may be, the first first."""
    wanted = list(keys)
    places = sorted({(one.name, one.postal_code) for one in wanted if one.name and one.postal_code})
    with connection.cursor() as cursor:
        cursor.execute(
            _READ,
            {
                "phones": sorted({one.phone for one in wanted}),
                "domains": sorted({one.domain for one in wanted}),
                "names": [name for name, _ in places],
                "codes": [code for _, code in places],
            },
        )
        return [Met(id_, Keys(*said)) for id_, *said in cursor.fetchall()]


def _keep(businesses: Iterable[Met]) -> None:
    rows = [(met.id, met.keys) for met in businesses]
    if not rows:
        return
    columns = [
        [getattr(keys, name) for _, keys in rows]
        for name in ("phone", "domain", "name", "postal_code")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [[id_ for id_, _ in rows], *columns])


def _write(same_as: Mapping[int, int]) -> None:
    if same_as:
        with connection.cursor() as cursor:
            cursor.execute(_REPEATED, [Fate.REPEATED, [*same_as], [*same_as.values()]])

"""A referral sync: what we have decided goes there, then what has changed there comes here.

The database is asked on a lane, one short transaction at a time, and none is open while Partner
Center is; a page's rows and the position behind it are written in one.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from contacts.leases import TakenOver
from crm_sync.connector import Api
from crm_sync.models import Sync
from crm_sync.referrals import client, syncs
from crm_sync.referrals.answering import tell
from crm_sync.referrals.linking import SLICE, link_open
from crm_sync.referrals.provider import LABEL
from crm_sync.referrals.storing import Stored, store
from integrations.errors import CallError, ContractBroken, QuestionRejected
from integrations.lanes import Lane

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Pulled:
    """What a sync has come to so far, by its pages."""

    pages: int = 0
    failed_ids: tuple[str, ...] = ()


async def work(api: Api, sync: Sync, lane: Lane) -> None:
    """Do a claimed sync of a Partner Center connection, and end it or put it back.

    Whatever goes wrong is written into its row; TakenOver is not raised: the other worker goes on.
    """
    try:
        await tell(api, sync, lane)
        pulled = await pull_referrals(api, sync, lane)
        await tell(api, sync, lane)  # what was decided meanwhile
        await lane.run(syncs.done, sync, list(pulled.failed_ids))
    except syncs.Stopped:
        await lane.run(syncs.stop, sync)
    except TakenOver as why:
        log.warning("sync_taken_over", sync=sync.pk, why=str(why))
    except CallError as error:
        end = syncs.put_back if syncs.may_wait(sync, error) else syncs.fail
        log.warning("referral_sync", sync=sync.pk, error=type(error).__name__, end=end.__name__)
        await lane.run(end, sync, error)


async def pull_referrals(api: Api, sync: Sync, lane: Lane) -> Pulled:
    """Read what has changed since the last sync, page by page, each kept before the next.

    Raises CallError, TakenOver and Stopped; what was kept stays, and the position behind it.
    """
    start = await lane.run(syncs.begin, sync)
    pulled, link = Pulled(), start.link
    while True:
        try:
            paged = await client.page(api, start.since, link)
        except QuestionRejected:
            if not link or pulled.pages:
                raise
            # A page's address does not serve for ever; what it led to is asked for again.
            start, link = await lane.run(syncs.begin_anew, sync), ""
            continue
        stored = await lane.run(_keep, sync, paged)
        pulled.pages += 1
        pulled.failed_ids += tuple(stored.failed_ids)
        if not paged.next_link:
            break
        if paged.next_link == link:
            raise ContractBroken(f"{LABEL}: a page that is followed by itself")
        link = paged.next_link
    while await lane.run(link_open, sync.connection_id) == SLICE:
        pass
    return pulled


def _keep(sync: Sync, paged: client.Paged) -> Stored:
    """Write a page and how far the sync is by it, in one transaction."""
    syncs.hold(sync)
    stored = store(sync.connection_id, paged.referrals)
    syncs.move_on(sync, stored, paged.next_link)
    return stored

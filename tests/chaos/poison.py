"""A contact that takes its worker with it: given up after three, while all others finish.

The poison is not in our code: whoever has the contact in hand is killed from outside. Its number
is one for which the sandbox takes five seconds, so that there is time for it.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from tests.chaos.audit import Audit
from tests.integrations.sandbox.running import Running
from tests.lab.fleet import Fleet
from tests.lab.steady import one, rows

CONTACTS = 200
POISON = "+15005550133"
PATIENCE_S = 600.0
MOST_TRIES = 3


def poison_run(sandbox: Running) -> Audit:
    """Return the audit of a run with one poisonous contact in it."""
    from django.conf import settings

    from contacts.models import Contact
    from tests.lab import seeding

    sandbox.fresh(latency_ms=50.0)
    seeding.prepare_account(max_in_flight=100)
    seeding.fresh_contacts(CONTACTS)
    poison = Contact.objects.create(phone_raw=POISON, phone_e164=POISON)
    seeding.approved_run(seeding.one_lookup_recipe(), cap_usd=seeding.PLENTY_USD)
    with Fleet(Path(settings.HOME) / "workers.log", nodes=1, processes=2) as fleet:
        kills = _kill_holders(fleet, poison.pk)
    return _verdict(poison.pk, kills)


def _kill_holders(fleet: Fleet, contact_id: int) -> int:
    """Kill whoever holds the contact, until the run is done; return how often."""
    give_up_at = time.monotonic() + PATIENCE_S
    killed: set[int] = set()
    while time.monotonic() < give_up_at:
        fleet.mend()
        if one("SELECT state FROM enrichment_run") == "done":
            break
        holders = rows(
            "SELECT split_part(w.name, ':', 2)::int FROM enrichment_runitem AS i"
            " JOIN contacts_worker AS w ON w.id = i.worker_id"
            " WHERE i.contact_id = %s AND i.state = 'claimed'",
            contact_id,
        )
        for (pid,) in holders:
            if pid not in killed:
                killed.add(pid)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return len(killed)


def _verdict(contact_id: int, kills: int) -> Audit:
    ((state, tries, losses, error),) = rows(
        "SELECT state, tries, losses, error FROM enrichment_runitem WHERE contact_id = %s",
        contact_id,
    )
    found = Audit(
        {"kills": kills, "state": state, "tries": tries, "losses": losses, "error": error}
    )
    found.must(state == "dead", f"the poison is {state}")
    found.must(tries <= MOST_TRIES, f"the poison was tried {tries} times")
    found.must(kills <= MOST_TRIES, f"the poison took {kills} workers with it")
    status = one("SELECT status FROM contacts_contact WHERE id = %s", contact_id)
    found.must(status == "failed", f"its contact is {status}")
    done = one("SELECT count(*) FROM enrichment_runitem WHERE state = 'done'")
    found.must(done == CONTACTS, f"{done} of the {CONTACTS} others are done")
    completed = one("SELECT count(*) FROM contacts_contact WHERE status = 'completed'")
    found.must(completed == CONTACTS, f"{completed} of the {CONTACTS} others are completed")
    left = one("SELECT coalesce(sum(reserved_usd), 0) FROM integrations_budget")
    found.must(left == 0, f"{left} is left reserved")
    return found

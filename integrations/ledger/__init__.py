"""Money and memory of calls: reserved before they are sent, settled after, never silently lost.

`reserve` writes one `Reservation` per question before anything leaves, and takes its price from
every budget concerned; it is the write-ahead record that makes a crash visible. `settle` replaces
reservations by `ApiCall` rows and moves the money from reserved to spent, for many calls in one
transaction. `abandon` does so for a worker that is lost: its calls become `unknown`, counted as
spent, until `resolve` is told what became of them. All run inside the caller's transaction.

Locks are taken in one order everywhere: budgets by key, then reservations by call key.
"""

from integrations.ledger.abandoning import Abandoned, abandon
from integrations.ledger.budgets import account_caps, has_room, left_of, set_cap
from integrations.ledger.intents import Intent, Settled, Verdict
from integrations.ledger.reserving import join, reserve
from integrations.ledger.resolving import Known, resolve
from integrations.ledger.settling import release, settle

__all__ = [
    "Abandoned",
    "Intent",
    "Known",
    "Settled",
    "Verdict",
    "abandon",
    "account_caps",
    "has_room",
    "join",
    "left_of",
    "release",
    "reserve",
    "resolve",
    "set_cap",
    "settle",
]

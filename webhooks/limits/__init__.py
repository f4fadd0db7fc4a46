"""How much may be posted in a minute, by a key and from an address, counted by the whole fleet.

A count is kept by the second, on Redis's clock, for the 61 seconds that any minute may touch: a
limit is never exceeded, and what is refused does not count. While Redis is away each process counts
by itself; with it back the fleet's counts go on from what it holds.

Wrong proofs count against the address that they come from, whatever is posted. Who has spent those
hears 429 without being looked at, save for senders that sign: their proof cannot be guessed, and
nobody can lock them out from an address that they share.
"""

from webhooks.limits.addresses import admit, client_of, mark_wrong
from webhooks.limits.counts import Claim, Counts, counts

__all__ = ["Claim", "Counts", "admit", "client_of", "counts", "mark_wrong"]

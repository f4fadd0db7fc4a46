"""Rate limits across all workers: a server that counts arrivals never sees more, in any window.

A permit is granted by one Lua script over a log of grants per window, on Redis's clock. The waiters
of a process are gathered and ask for all their permits in one step; when there are none the script
says when the next ones come, and the process sleeps until then. Waiters are served first in, first
out; nobody polls.

How "never over" is kept:

* A call arrives some time after its permit, and not every call equally late. So each window is
  stretched by an allowance of 50 ms or 2 %, whichever is more; half of it is for our event loop,
  half for the way to the provider. A permit that was used later than its half is written down
  again with the time of its use.
* The log joins grants less than 2 % of a window apart under the time of the latest, so it has about
  50 entries at any rate, and what it forgets it forgets late.
* Together they cost at most 7 % of a rate per second and 4 % of a rate per minute.

A busy process takes permits ahead, as many as it used in 20 ms, 2 % of the limit at most; those
that are not used within half the allowance are lost, and count as used.

Redis flushed or new (the key `rate:memory` is missing): nobody knows what was granted. No window
grants anything for its own length, or 2 s if that is less; meanwhile every process that has granted
permits writes down again those of its own that are still within a window. So a window up to 2 s is
never exceeded; in a longer one, what was granted by processes that have ended since is forgotten.

Redis away: after the same pause each process limits itself to `share` of each limit, sliding, and
asks Redis again every second. What it granted on its own is written down when Redis is back, and
the pause begins anew for all, so that the others can do the same. If only some processes cannot
reach Redis, the provider may see their shares on top of the limit.
"""

from integrations.limits.hearing import has_limits_to_tell
from integrations.limits.limiter import Limiter

__all__ = ["Limiter", "has_limits_to_tell"]

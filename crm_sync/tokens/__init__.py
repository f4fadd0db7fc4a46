"""The tokens of connections: kept sealed in the connection's row, got by one process for all.

`reach_of` is the way to a connection's CRM. Whoever needs another token takes a lease in the row;
everyone else waits for what comes of it. The new token is written, with the refresh token that
came with it, before anybody uses it. No transaction is open while the CRM is asked.
"""

from crm_sync.tokens.reaching import reach_of

__all__ = ["reach_of"]

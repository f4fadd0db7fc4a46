"""How we sign in to a CRM, as values: what is typed, what is asked, what the answer means.

Nothing here knows Django or the database; `crm_sync.tokens` keeps what comes of it.
"""

from crm_sync.signing_in.kinds import KINDS, kind
from crm_sync.signing_in.login import Login
from crm_sync.signing_in.ways import Grant, Kind, Typed, Way

__all__ = ["KINDS", "Grant", "Kind", "Login", "Typed", "Way", "kind"]

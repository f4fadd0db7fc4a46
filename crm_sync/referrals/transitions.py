"""Which steps a referral's status may take.

Partner Center's table (learn.microsoft.com, "Referral resources", 2019-05-17): New leads to New,
Active and Closed; Active to Active and Closed; Closed stays. Each has its own substatuses.
"""

from __future__ import annotations

SUBSTATUSES = {
    "New": ("Pending", "Received"),
    "Active": ("Accepted",),
    "Closed": ("Won", "Lost", "Declined", "Expired"),
}
NEXT = {"New": ("New", "Active", "Closed"), "Active": ("Active", "Closed"), "Closed": ("Closed",)}
# What an answer makes of a referral: its status and substatus.
ANSWERS = {"accept": ("Active", "Accepted"), "decline": ("Closed", "Declined")}


def is_legal(before: tuple[str, str], after: tuple[str, str]) -> bool:
    """Tell whether a (status, substatus) may follow another; ("", "") is before the first."""
    status, substatus = after
    if substatus not in SUBSTATUSES.get(status, ()):
        return False
    return not before[0] or status in NEXT.get(before[0], ())


def may_answer(status: str, answer: str) -> bool:
    """Tell whether a referral of this status can still be accepted or declined."""
    return status == "New" and answer in ANSWERS

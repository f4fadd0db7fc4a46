"""What both sides had when they last met, field by field of the CRM's.

`Link.agreed` holds what the CRM had. Where ours was another value then, and the mapping left the
two apart, ours stands under OURS: only what has moved since is a change, on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crm_sync.connector import Value, Values
from crm_sync.models import Link

OURS = "~ours"
COMPANY_THERE = "~company"
OWED = "~owed"  # in place of a value of ours: it differs from all, until it has been sent

Same = Callable[[str, Value, Value], bool]


def theirs(link: Link, name: str) -> Value:
    """Return what the CRM had."""
    found: Value = link.agreed.get(name)
    return found


def apart(link: Link) -> Values:
    """Return what we had where it was left to differ."""
    found: Values = link.agreed.get(OURS, {})
    return found


def changed(link: Link, payload: Mapping[str, Value], same: Same) -> dict[str, Value]:
    """Return which of our values have moved; of a new record, those that are not empty."""
    left = apart(link)
    return {
        name: value
        for name, value in payload.items()
        if not same(name, value, left[name] if name in left else link.agreed.get(name))
    }


def agree(link: Link, values: Mapping[str, Value]) -> None:
    """Take note that both sides have these values now."""
    left = {name: value for name, value in apart(link).items() if name not in values}
    link.agreed = {**link.agreed, **values}
    _keep_apart(link, left)


def differ(link: Link, ours: Mapping[str, Value], theirs: Values) -> None:
    """Take note of values of ours that are left to differ from theirs."""
    link.agreed = {**link.agreed, **{name: theirs.get(name) for name in ours}}
    _keep_apart(link, {**apart(link), **ours})


def _keep_apart(link: Link, left: Mapping[str, Value]) -> None:
    rest = {name: value for name, value in link.agreed.items() if name != OURS}
    link.agreed = {**rest, OURS: dict(left)} if left else rest

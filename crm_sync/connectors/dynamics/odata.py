"""The one place where values become OData: literals, names, and addresses of records."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from integrations.errors import QuestionRejected

# An alternate key's value may not have these in an address, even encoded: it goes by an alias then.
# learn.microsoft.com/power-apps/developer/data-platform/webapi/retrieve-entity-using-web-api
NOT_IN_ADDRESSES = frozenset("/<>*%&:\\?+")
_NAME = re.compile(r"[A-Za-z_]\w{0,127}")
_IN_LITERALS = "'"  # the only character besides the unreserved ones that is left as it is


def literal(value: str) -> str:
    """Return a text as OData has it: in quotes, with its own quotes doubled."""
    return "'" + value.replace("'", "''") + "'"


def encoded(value: str) -> str:
    """Return a text as a literal that can stand in an address."""
    return quote(literal(value), safe=_IN_LITERALS)


def name(field: str) -> str:
    """Return a column's name. Raises QuestionRejected for what can be none."""
    if not _NAME.fullmatch(field):
        raise QuestionRejected(f"Dynamics 365: {field[:60]!r} is no name of a column")
    return field


def guid(remote_id: str) -> str | None:
    """Return an id in its one form, None for what is none."""
    try:
        return str(UUID(remote_id))
    except ValueError:
        return None


def equals(field: str, value: str) -> str:
    """Return a condition of a $filter; it is encoded as a whole, with the other parameters."""
    return f"{name(field)} eq {literal(value)}"


def among(field: str, ids: list[str]) -> str:
    """Return the condition that an id is one of some, which is one request for all of them."""
    values = ",".join(literal(each) for each in ids)
    function = "Microsoft.Dynamics.CRM.In"
    return f"{function}(PropertyName={literal(name(field))},PropertyValues=[{values}])"


def by_id(entity_set: str, id_: str) -> str:
    """Return the address of a record by its id; what is no GUID is encoded, and refused there."""
    return f"{entity_set}({guid(id_) or quote(id_, safe='')})"


def by_key(entity_set: str, field: str, value: str) -> tuple[str, str]:
    """Return address and query of a record by its alternate key, both encoded."""
    if NOT_IN_ADDRESSES.isdisjoint(value):
        return f"{entity_set}({name(field)}={encoded(value)})", ""
    return f"{entity_set}({name(field)}=@k)", f"@k={encoded(value)}"


def moment(text: object) -> datetime | None:
    """Return a time as Dataverse writes it, None for what is none."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def url(address: str, *queries: str) -> str:
    """Return an address with its queries, which are encoded already."""
    query = "&".join(filter(None, queries))
    return f"{address}?{query}" if query else address

"""Where things are at Salesforce, and how foreign text gets into its questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from crm_sync.connector import COMPANY, CONTACT, Api, Remote
from integrations.errors import ContractBroken, QuestionRejected

VERSION = "v64.0"  # Summer '25; the connection's option "api_version" stands above it
TABLES: Mapping[str, str] = {COMPANY: "Account", CONTACT: "Contact"}
ACCOUNT = "AccountId"
ALWAYS = ("Id", "IsDeleted", "SystemModstamp", "CreatedDate")
NAME = re.compile(r"[A-Za-z]\w*")
ESCAPES = str.maketrans(
    {"\\": r"\\", "'": r"\'", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
)

Some = TypeVar("Some")


def path(api: Api, *parts: str) -> str:
    """Return a path of the REST API; the parts are foreign text."""
    version = api.options.get("api_version") or VERSION
    return "/".join((f"/services/data/{version}", *(quote(part, safe="") for part in parts)))


def literal(text: str) -> str:
    """Return text as SOQL has it: nothing in it ends it."""
    return f"'{text.translate(ESCAPES)}'"


def columns(api: Api, obj: str, fields: Iterable[str]) -> list[str]:
    """Return what to ask for of an object, each once. Raises QuestionRejected for no name."""
    own = [*ALWAYS, api.key_fields[obj], *([ACCOUNT] if obj == CONTACT else [])]
    found = {name.lower(): name for name in (*fields, *own)}
    if odd := [name for name in found.values() if not NAME.fullmatch(name)]:
        raise QuestionRejected(f"Salesforce: {odd[0]!r} is no name of a field")
    return list(found.values())


def remote(api: Api, obj: str, record: Mapping[str, Any], fields: Sequence[str]) -> Remote:
    """Return a record in our words. Raises ContractBroken."""
    try:
        account = record.get(ACCOUNT) if obj == CONTACT else None
        return Remote(
            id=record["Id"],
            values={name: record[name] for name in fields},
            key=record[api.key_fields[obj]] or "",
            modified_at=datetime.fromisoformat(record["SystemModstamp"]),
            is_deleted=bool(record["IsDeleted"]),
            relations={COMPANY: account} if account else {},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContractBroken(f"Salesforce: a record of an unknown shape: {error!r}") from error


def groups(of: Sequence[Some], most: int) -> Iterator[Sequence[Some]]:
    """Yield what there is in groups of `most`."""
    for at in range(0, len(of), most):
        yield of[at : at + most]


def part(body: Any, name: str) -> Any:
    """Return a part of an answer. Raises ContractBroken where it has none."""
    if not isinstance(body, Mapping) or name not in body:
        raise ContractBroken(f"Salesforce: the answer has no {name}")
    return body[name]

"""What a connector is: one CRM, spoken to in its own words, behind one interface for all.

A connector knows neither Django nor our models. It is given an `Api` that reaches its CRM, and
values that are the CRM's already: mapping, linking, remembering and trying again are done once,
for all of them, around it. What it has to promise stands with each method; the contract suite
(tests/crm_sync/contract.py) holds every connector to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from integrations.provider import Provider, Rate

CONTACT, COMPANY, LEAD = "contact", "company", "lead"
OBJECTS = (COMPANY, CONTACT, LEAD)  # in the order in which they are pushed

Value = str | int | float | bool | None | Sequence[str]
Values = Mapping[str, Value]
Type = Literal[
    "text", "email", "phone", "url", "number", "money", "bool", "date", "datetime", "option",
    "options", "reference", "other",
]  # fmt: skip
# created, updated: done. same: the CRM says that nothing changed.
# rejected: this record is at fault, `words` say why. gone: it is not there any more.
# again: not done, may be later (a lock, a throttled item). unknown: nobody knows.
# several: more than one remote record fits; a person decides.
Outcome = Literal["created", "updated", "same", "rejected", "gone", "again", "unknown", "several"]


@dataclass(frozen=True, slots=True)
class Field:
    """A remote field: its API name, label, type, and what it takes.

    `length` is in characters, None where there is no limit. `options` are value: label. An
    `is_key` field is unique in the CRM and can be looked up by.
    """

    name: str
    label: str
    type: Type = "text"
    length: int | None = None
    is_required: bool = False
    is_readonly: bool = False
    is_key: bool = False
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A limit that the CRM told: calls, tokens or records, of which `left` remain until `resets`.

    `per` is in words: "day", "10 seconds".
    """

    label: str
    most: int
    left: int | None = None
    per: str = "day"
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend before anything is written: what, where, and what to do about it."""

    words: str
    field: str = ""
    object: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a mapping.

    `ours` is a field of ours ("email", "company.name") or a text with fields in it
    ("{first_name} {last_name}"), which goes one way only. `wins` says whose value stands where both
    sides have changed; with "blank" ours only fills what is empty there. `transform` is a name of
    `crm_sync.mapping.transforms`; `options` are the CRM's values by ours.
    """

    ours: str
    remote: str
    direction: Literal["push", "pull", "both"] = "both"
    wins: Literal["remote", "ours", "newest", "blank"] = "newest"
    transform: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Write:
    """A record to be written. `key` is ours for good (a UUID as text), stored in the key field.

    `remote_id` is known or "". `values` are the mapped fields alone, without the key field; None
    clears a field. With `may_exist` an earlier write of the key may have arrived, although nobody
    heard of it: a connector whose CRM has no upsert looks for the key before it creates.
    `same_as` are fields and values by which a record of the CRM's own may be found that is the
    same (an e-mail, a domain), the surest first.
    """

    key: str
    values: Values
    remote_id: str = ""
    may_exist: bool = False
    same_as: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write, or a deletion: by key, or by remote id where it has no key.

    `words` are the CRM's reason in plain words, `field` the field it names, `code` its own code.
    """

    key: str
    outcome: Outcome
    remote_id: str = ""
    words: str = ""
    field: str = ""
    code: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remote:
    """A record as the CRM has it. `values` holds the fields asked for, None where empty.

    `key` is ours from the key field, "" where it has none. `modified_at` is the CRM's clock.
    `relations` are remote ids by object ("company": "001…").
    """

    id: str
    values: Values
    key: str = ""
    modified_at: datetime | None = None
    is_deleted: bool = False
    relations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what changed. `cursor` is JSON to go on from, stored before the next is asked for.

    Without `has_more` it is where the next sync begins. It may show a record twice, never skip
    one: also not where more records bear one timestamp than a page holds.
    """

    records: Sequence[Remote]
    cursor: Mapping[str, Any]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A CRM's answer; `headers` ignore case, `body` is parsed, text where it is no JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Pace:
    """A limit of the CRM's for one kind of call, beside the provider's rate: "search", 5 a second.

    It is counted by connection and name, over all processes.
    """

    name: str
    rate: Rate


class Api(Protocol):
    """The way to one connection's CRM: token, limits, circuit, retries and redaction are done.

    `options` are the connection's own switches. `key_fields` is the key field's name by object.
    """

    options: Mapping[str, Any]
    key_fields: Mapping[str, str]

    async def ask(
        self,
        method: str,
        path: str,
        /,
        *,
        json: Any = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | Sequence[str]] | None = None,
        fine: Sequence[int] = (),
        once: bool = False,
        pace: Pace | None = None,
    ) -> Answer:
        """Ask and return the answer; statuses in `fine` are answers besides 2xx.

        `path` starts with "/" and is appended to the connection's address; foreign text in it is
        encoded by the caller; a whole address is taken only of the connection's own host. With
        `once` it is not repeated unless it surely did not arrive; `pace` is waited for before it
        is sent. Raises CallError (integrations.errors): OutcomeUnknown where it may have been
        done, Throttled with retry_after_s, CredentialRejected after a new token was refused too.
        """

    async def sleep(self, seconds: float) -> None:
        """Wait, as a poll of a job does; the work may be stopped meanwhile."""


class Connector(Protocol):
    """One CRM. An instance holds no state: it may be used by several syncs at once."""

    slug: str
    label: str
    docs: str
    provider: Provider  # its address, limits, errors; `slug` is the connector's
    objects: Sequence[str]  # those of OBJECTS that it has
    key_fields: Mapping[str, str]  # the key field that we suggest, by object
    batch: Mapping[str, int]  # records of an object in one `write` at the most
    per_call: int  # records of one request at the most
    call_cost: int  # what a request that writes takes of the allowances, in their unit
    has_upsert: bool  # it writes by key in one step, so a lost answer is no danger
    defaults: Mapping[str, Sequence[Row]]  # a good mapping of an object, to begin with
    same_by: Mapping[str, Sequence[tuple[str, str]]]  # (ours, remote) to find what is there already

    async def describe(self, api: Api, obj: str) -> Sequence[Field]:
        """Return the object's fields as the CRM has them now. Raises NotEntitled, NotFound."""

    async def allowances(self, api: Api) -> Sequence[Allowance]:
        """Return what the CRM lets us do, and has left; [] where it does not tell."""

    async def check(self, api: Api, obj: str) -> Sequence[Problem]:
        """Return what has to be mended before a sync of the object: rights, scopes, the key field

        missing or not unique, two records with one key, a clock that is off.
        """

    async def write(self, api: Api, obj: str, writes: Sequence[Write]) -> Sequence[Written]:
        """Create or update records; one `Written` for each, by key, in any order.

        A bad record spoils no other. Written twice with one key it is one record. Raises CallError
        where nothing is known of any of them.
        """

    async def relate(self, api: Api, pairs: Sequence[tuple[str, str]]) -> Sequence[Written]:
        """Make contacts belong to companies, by remote ids (contact, company).

        The `key` of an outcome is the contact's remote id. Empty for a CRM where a reference field
        in `write` does it.
        """

    async def delete(self, api: Api, obj: str, remote_ids: Sequence[str]) -> Sequence[Written]:
        """Delete records; one that is not there is `gone`. The `key` is the remote id."""

    async def read(
        self, api: Api, obj: str, remote_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[Remote]:
        """Return the records that exist, with these fields."""

    async def find(
        self, api: Api, obj: str, by: Sequence[tuple[str, str]], fields: Sequence[str]
    ) -> Sequence[Remote]:
        """Return records with one of these (field, value)s exactly, oldest first; 200 at most."""

    async def changed(
        self, api: Api, obj: str, cursor: Mapping[str, Any], fields: Sequence[str]
    ) -> Page:
        """Return a page of what changed since the cursor; {} begins with everything there is."""

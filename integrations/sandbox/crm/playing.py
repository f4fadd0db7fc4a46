"""What every played CRM lets tests see and do, beside its own API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from integrations.sandbox.crm.store import Store
from integrations.sandbox.crm.tokens import Tokens
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.settings import BadSetting


class Playing:
    """The half of a CRM's responder that is the same for all; `play` answers its API."""

    slug: str

    def __init__(self, store: Store, tokens: Tokens) -> None:
        self.store = store
        self.tokens = tokens
        self.asked: Counter[str] = Counter()

    def play(self, asked: Asked) -> Answer:
        """Answer one request as the CRM would."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Answer:
        self.store.begin()
        answer = self.play(asked)
        digest = blake2b(asked.body, digest_size=6).hexdigest()
        answer.keys = (f"{asked.method} {asked.path}?{asked.query.decode('latin-1')} {digest}",)
        answer.after = self.store.end
        self.asked[f"{asked.method} {asked.path.split('(')[0]}"] += 1
        return answer

    def told(self) -> Mapping[str, Any]:
        """Return how many records there are, what was done, and how often what was asked."""
        return {
            "records": {name: len(table.living()) for name, table in self.store.tables.items()},
            "writes": dict(self.store.counts),
            "tokens": dict(self.tokens.counts),
            "asked": dict(self.asked),
        }

    def control(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what somebody else does in the CRM.

        {"create": [object, values]}, {"edit": [object, id, values]}, {"delete": [object, id]},
        {"rows": object} for what is there, {"expire": true}, {"revoke": true},
        {"skew_s": seconds}, {"stand_at_ms": ms or null}.
        """
        store = self.store
        for name, value in wanted.items():
            if name == "create":
                row = store[value[0]].create(self.new_id(value[0]), value[1])
                return {"id": row.id}
            if name == "edit":
                store[value[0]].update(store[value[0]].rows[value[1]], value[2])
            elif name == "delete":
                store[value[0]].delete(store[value[0]].rows[value[1]])
            elif name == "rows":
                return {"rows": {row.id: row.values for row in store[value].living()}}
            elif name == "expire":
                self.tokens.expire()
            elif name == "revoke":
                self.tokens.revoke()
            elif name == "skew_s":
                store.skew_ms = int(value * 1000)
            elif name == "stand_at_ms":
                store.stands_at = value
            else:
                self.set(name, value)
        return {}

    def set(self, name: str, value: Any) -> None:
        """Take a control of the CRM's own. Raises BadSetting."""
        raise BadSetting(f"{self.slug} has no control called {name!r}")

    def new_id(self, obj: str) -> str:
        """Return an id as the CRM gives them."""
        return str(self.store.next_id())

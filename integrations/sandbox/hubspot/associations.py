"""Which contacts belong to which companies in the played HubSpot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.sandbox.hubspot.records import Records
from integrations.sandbox.hubspot.refusals import Refused, not_found

PRIMARY, PLAIN = 1, 279
LABELS = {PRIMARY: "Primary", PLAIN: None}


class Associations:
    """A contact's companies in the order in which they came; the primary one is in its row."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.of: dict[str, list[str]] = {}

    def relate(self, _: str, one: Mapping[str, Any]) -> Any:
        """Plan that a contact belongs to a company, with the types asked for. Raises Refused."""
        contact, company = str(one["from"]["id"]), str(one["to"]["id"])
        for obj, id_ in (("contact", contact), ("company", company)):
            if self.records.living(obj, id_) is None:
                raise not_found(obj, [contact])
        kinds = {kind["associationTypeId"] for kind in one.get("types") or ()} or {PLAIN}
        if not kinds <= LABELS.keys():
            raise Refused(400, "VALIDATION_ERROR", "one or more association types do not exist")
        return lambda: self._related(contact, company, is_primary=PRIMARY in kinds)

    def _related(self, contact: str, company: str, *, is_primary: bool) -> dict[str, Any]:
        row, held = self.records.store["contact"].rows[contact], self.of.setdefault(contact, [])
        had, was = company in held, row.relations.get("company")
        if not had:
            held.append(company)
        if is_primary or not was:
            row.relations["company"] = company

        def undo() -> None:
            if not had:
                held.remove(company)
            if was is None:
                row.relations.pop("company", None)
            else:
                row.relations["company"] = was

        self.records.store.did("related", undo)
        return {
            "fromObjectTypeId": "0-1", "fromObjectId": contact, "toObjectTypeId": "0-2",
            "toObjectId": company, "labels": ["Primary"] if is_primary else [],
        }  # fmt: skip

    def read(self, _: str, one: Mapping[str, Any]) -> Any:
        """Plan to tell a contact's companies. Raises Refused for one that has none."""
        contact = str(one["id"])
        row = self.records.living("contact", contact)
        held = self.of.get(contact) or []
        if row is None or not held:
            raise Refused(
                404, "OBJECT_NOT_FOUND", f"No company is associated with contact {contact}.",
                fromObjectId=[contact],
            )  # fmt: skip
        primary = row.relations.get("company")
        return lambda: {
            "from": {"id": contact},
            "to": [_shown(company, company == primary) for company in held],
        }


def _shown(company: str, is_primary: bool) -> dict[str, Any]:
    kinds = (PRIMARY, PLAIN) if is_primary else (PLAIN,)
    return {
        "toObjectId": int(company),
        "associationTypes": [
            {"category": "HUBSPOT_DEFINED", "typeId": kind, "label": LABELS[kind]} for kind in kinds
        ],
    }

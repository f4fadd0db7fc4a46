"""The rejected rows of an import that has nothing else: first, later, and searched."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.pages import CONTACTS, QUICK_CONTACTS, addresses, measure
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from contacts.models import Import
    from tests.lab import million, worked

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    worked.ensure(contacts)
    record, other = (Import.objects.get(name=name) for name in (worked.REJECTS, million.MARK))
    later = contacts // 2
    pages = addresses(
        "admin:contacts_import_rejected",
        {}, {"after": later}, {"q": "of 77"}, {"q": "zzqq"}, {"q": "zzqq", "after": later},
        {"q": "ada"}, {"q": "+1415555"}, {"q": later}, {"q": "0100"},
        args=[record.pk],
    )  # fmt: skip
    for one in (record, other):
        of_one = addresses(
            "admin:contacts_import_rows",
            {}, {"outcome": "created"}, {"outcome": "rejected"}, {"after": later},
            {"undo": "failed"}, {"undo": "kept", "outcome": "created"}, {"q": "zzqq"},
            args=[one.pk],
        )  # fmt: skip
        pages |= {f"{one} {label}": address for label, address in of_one.items()}
    yield measure("rejected_rows", pages, contacts=contacts)

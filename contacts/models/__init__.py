"""The tables of the contacts room."""

from contacts.models.bulk import BulkAction, BulkChunk
from contacts.models.change import ContactChange
from contacts.models.columns import ListColumns
from contacts.models.company import Company
from contacts.models.contact import Contact
from contacts.models.imports import Import, ImportRow, SavedMapping
from contacts.models.searchblock import SearchBlock
from contacts.models.tags import ContactTag, Note, Tag
from contacts.models.worker import Worker

__all__ = [
    "BulkAction", "BulkChunk", "Company", "Contact", "ContactChange", "ContactTag", "Import",
    "ImportRow", "ListColumns", "Note", "SavedMapping", "SearchBlock", "Tag", "Worker",
]  # fmt: skip

"""The tables of the contacts room."""

from contacts.models.bulk import BulkAction, BulkChunk
from contacts.models.change import ContactChange
from contacts.models.columns import ListColumns
from contacts.models.company import Company
from contacts.models.contact import Contact
from contacts.models.erasure import DigestKey, Erasure, KeptOut
from contacts.models.exports import ColumnSet, Export, ExportDownload
from contacts.models.happening import Happening, Wish
from contacts.models.imports import Import, ImportRow, SavedMapping
from contacts.models.searchblock import CompanyBlock, SearchBlock
from contacts.models.suppression import (
    ListedNumber,
    RefusedLine,
    Suppression,
    SuppressionList,
)
from contacts.models.tags import ContactTag, Note, Tag
from contacts.models.worker import Worker

__all__ = [
    "BulkAction", "BulkChunk", "ColumnSet", "Company", "CompanyBlock", "Contact", "ContactChange",
    "ContactTag", "DigestKey", "Erasure", "Export", "ExportDownload", "Happening", "Import",
    "ImportRow", "KeptOut", "ListColumns", "ListedNumber", "Note", "RefusedLine", "SavedMapping",
    "SearchBlock", "Suppression", "SuppressionList", "Tag", "Wish", "Worker",
]  # fmt: skip

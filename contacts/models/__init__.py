"""The tables of the contacts room."""

from contacts.models.company import Company
from contacts.models.contact import Contact
from contacts.models.imports import Import, ImportRow, SavedMapping
from contacts.models.worker import Worker

__all__ = ["Company", "Contact", "Import", "ImportRow", "SavedMapping", "Worker"]

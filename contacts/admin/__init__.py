"""The back office of the contacts room."""

from contacts.admin.companies import CompanyAdmin
from contacts.admin.contacts import BulkActionAdmin, ContactAdmin
from contacts.admin.erasing.listing import ErasureAdmin
from contacts.admin.exports import ExportAdmin, ExportDownloadAdmin
from contacts.admin.imports import ImportAdmin
from contacts.admin.suppression import SuppressionAdmin, SuppressionListAdmin
from contacts.admin.workers import WorkerAdmin

__all__ = [
    "BulkActionAdmin", "CompanyAdmin", "ContactAdmin", "ErasureAdmin", "ExportAdmin",
    "ExportDownloadAdmin", "ImportAdmin", "SuppressionAdmin", "SuppressionListAdmin", "WorkerAdmin",
]  # fmt: skip

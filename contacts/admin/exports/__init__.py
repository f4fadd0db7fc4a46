"""The back office of exports: what is to be exported and how, and the page of what came of it."""

from contacts.admin.exports.listing import ExportAdmin, ExportDownloadAdmin

__all__ = ["ExportAdmin", "ExportDownloadAdmin"]

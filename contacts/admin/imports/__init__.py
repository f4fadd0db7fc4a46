"""The back office of imports: a wizard that starts one, and the page of what became of it."""

from contacts.admin.imports.listing import ImportAdmin

__all__ = ["ImportAdmin"]

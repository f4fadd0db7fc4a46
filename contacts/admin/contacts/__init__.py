"""The list of contacts; the page of one is `dashboards.contact`, which knows other rooms too."""

from contacts.admin.contacts.bulk_page import BulkActionAdmin
from contacts.admin.contacts.listing import ContactAdmin

__all__ = ["BulkActionAdmin", "ContactAdmin"]

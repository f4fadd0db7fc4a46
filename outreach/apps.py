"""The outreach room as a Django app: messages and calls to contacts, where they are allowed."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "outreach"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contacts.erasing.parts import add_part
        from contacts.selection import add_filters
        from outreach import checks  # noqa: F401 - registers them
        from outreach.erasing import PART
        from outreach.filters import FILTERS

        add_filters(FILTERS)
        add_part(PART)

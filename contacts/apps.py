"""The contacts room as a Django app."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contacts.erasing.own import PART
        from contacts.erasing.parts import add_part

        add_part(PART)

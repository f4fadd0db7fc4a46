"""The webhooks room as a Django app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contacts.erasing.parts import add_part
        from integrations.services import also_reseal
        from webhooks import checks  # noqa: F401 - registers them
        from webhooks.erasing import PART
        from webhooks.out import subscriptions
        from webhooks.sealing import reseal

        also_reseal(reseal)
        also_reseal(subscriptions.reseal)
        add_part(PART)

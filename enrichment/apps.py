"""The enrichment room as a Django app."""

from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "enrichment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contacts.admin.companies import add_panel
        from contacts.erasing import digests
        from contacts.erasing.parts import add_part
        from contacts.selection import add_filters
        from enrichment import checks  # noqa: F401 - registered by being imported
        from enrichment.admin.leads.panel import panel
        from enrichment.erasing import PART
        from enrichment.selection import FILTERS
        from integrations.accounts import secret_box
        from integrations.services import also_reseal

        add_filters(FILTERS)
        add_panel(panel)
        digests.use_box(secret_box)
        also_reseal(digests.reseal)
        add_part(PART)

"""The enrichment room as a Django app."""

from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "enrichment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contacts.admin.companies import add_panel
        from contacts.selection import add_filters
        from enrichment import checks  # noqa: F401 - registered by being imported
        from enrichment.admin.leads.panel import panel
        from enrichment.selection import FILTERS

        add_filters(FILTERS)
        add_panel(panel)

"""The dashboards room as a Django app."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "dashboards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from dashboards.access import checks  # noqa: F401 - registers it
        from dashboards.alerting.channels import reseal
        from dashboards.naming import name_all
        from dashboards.neighbours import introduce_all
        from integrations.services import also_reseal

        also_reseal(reseal)
        introduce_all()
        name_all()

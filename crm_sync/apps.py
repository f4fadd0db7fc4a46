from django.apps import AppConfig


class CrmSyncConfig(AppConfig):
    name = "crm_sync"
    verbose_name = "CRM"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contacts.admin.companies import add_panel
        from contacts.erasing.parts import add_part
        from crm_sync.admin.syncs.linked import panel
        from crm_sync.erasing import PART
        from crm_sync.tokens.keeping import reseal
        from integrations.services import also_reseal

        also_reseal(reseal)
        add_part(PART)
        add_panel(panel)

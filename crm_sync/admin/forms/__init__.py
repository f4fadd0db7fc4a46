"""The sections of a connection's page, each a form of its own."""

from crm_sync.admin.forms.general import GeneralForm, WayForm
from crm_sync.admin.forms.section import ConnectionSection
from crm_sync.admin.forms.syncing import ScheduleForm, SyncForm
from crm_sync.admin.forms.typed import TypedForm

# In the order of the page.
SECTIONS: dict[str, type[ConnectionSection]] = {
    form.name: form for form in (WayForm, TypedForm, SyncForm, ScheduleForm, GeneralForm)
}

__all__ = ["SECTIONS", "ConnectionSection"]

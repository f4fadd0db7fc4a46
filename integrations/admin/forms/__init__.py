"""The sections of an account's page, each a form of its own."""

from integrations.admin.forms.acts import ActsForm
from integrations.admin.forms.budgets import BudgetsForm
from integrations.admin.forms.general import GeneralForm, OptionsForm
from integrations.admin.forms.limits import LimitsForm
from integrations.admin.forms.lookups import LookupsForm
from integrations.admin.forms.searches import SearchesForm
from integrations.admin.forms.secrets import SecretsForm
from integrations.admin.forms.section import Section

# In the order of the page.
SECTIONS: dict[str, type[Section]] = {
    form.name: form
    for form in (
        SecretsForm, GeneralForm, LookupsForm, SearchesForm, ActsForm, LimitsForm,
        BudgetsForm, OptionsForm,
    )
}  # fmt: skip

__all__ = ["SECTIONS", "Section"]

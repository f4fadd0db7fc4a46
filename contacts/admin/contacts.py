"""The back office of contacts: find them, look at what is known and why, correct them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts.admin.base import ToLookAt, table
from contacts.models import Contact
from contacts.searching import contacts_matching
from contacts.services import EditConflict, edit_contact

STATUS_COLOURS = {"completed": "success", "processing": "info", "failed": "danger", "pending": ""}
RISK_COLOURS = {"low": "success", "medium": "warning", "high": "danger"}

WHO = ("first_name", "last_name", "full_name", "position", "department", "email", "company")
ADDRESS = ("address_line", "city", "state", "postal_code", "country", "external_id")
PHONE = (
    "phone_is_valid", "phone_country", "phone_validation_errors", "line_type", "carrier_name",
    "mobile_country_code", "mobile_network_code", "caller_name", "caller_type", "line_status",
    "is_call_forwarded", "is_ported", "location_routing_number", "operating_company_name",
    "operating_company_type", "rpv_status", "rpv_is_cell", "rpv_carrier", "rpv_cnam", "rpv_error",
)  # fmt: skip
RISK = (
    "sms_pumping_risk_score", "sms_pumping_risk_level", "sms_pumping_carrier_risk",
    "sms_pumping_is_blocked", "sim_swapped_at", "sim_swap_period", "is_sim_swapped_in_period",
    "is_reassigned", "reassigned_checked_on", "identity_match_score", "phone_quality_score",
)  # fmt: skip
STATE = (
    "status", "error", "cost_usd", "quality_score", "enriched_at", "created_at", "updated_at",
)  # fmt: skip


class LineType(admin.SimpleListFilter):
    """The types that providers tell, as a list: a big table is not asked for its values."""

    title = "line type"
    parameter_name = "line_type"
    TYPES = (
        "mobile", "landline", "fixed_voip", "non_fixed_voip", "toll_free", "personal", "premium",
        "shared_cost", "uan", "voicemail", "pager", "unknown",
    )  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.replace("_", " ").capitalize()) for name in self.TYPES]

    def queryset(self, request: HttpRequest, rows: QuerySet[Contact]) -> QuerySet[Contact]:
        return rows.filter(line_type=self.value()) if self.value() else rows


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """Remembers which revision the person has seen, so that nobody's change is lost."""

    seen_revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Contact
        fields = (*WHO, *ADDRESS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_revision"].initial = self.instance.revision
        self._revision = self.instance.revision

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("seen_revision") != self._revision:
            raise forms.ValidationError(
                "This contact has been changed meanwhile. Open it again to see how it stands now."
            )
        return self.cleaned_data


@admin.register(Contact)
class ContactAdmin(ToLookAt):
    form = ContactForm
    list_display = (
        "who", "works_at", "status_shown", "line_type", "risk", "phone_country", "updated_at",
    )  # fmt: skip
    list_filter = ("status", LineType, "sms_pumping_risk_level", "phone_is_valid")
    list_select_related = ("company",)
    search_fields = ("phone_e164",)  # makes the search box; `get_search_results` does the work
    search_help_text = "The beginning of a number, a name, an e-mail address or a company"
    ordering = ("-id",)
    autocomplete_fields = ("company",)
    readonly_fields = ("number", *PHONE, *RISK, *STATE, "sources")
    fieldsets = (
        (None, {"fields": ("number", *WHO, "seen_revision")}),
        ("Address", {"fields": ADDRESS, "classes": ("tab",)}),
        ("Phone", {"fields": PHONE, "classes": ("tab",)}),
        ("Risk", {"fields": RISK, "classes": ("tab",)}),
        ("State", {"fields": STATE, "classes": ("tab",)}),
        ("Where it comes from", {"fields": ("sources",), "classes": ("tab",)}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(ModelAdmin.has_change_permission(self, request, obj))

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Contact], term: str
    ) -> tuple[QuerySet[Contact], bool]:
        return (rows.filter(contacts_matching(term)) if term.strip() else rows), False

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        """Write what the person changed; it outranks every other source from now on."""
        assert isinstance(request.user, User)
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        try:
            edit_contact(obj.pk, changes, request.user, form.cleaned_data["seen_revision"])
        except EditConflict as conflict:
            messages.error(request, f"{conflict}; what you typed was not saved.")

    @display(description="Contact", header=True, ordering="id")
    def who(self, contact: Contact) -> tuple[str, str]:
        return contact.phone_display, contact.full_name

    @display(description="Company")
    def works_at(self, contact: Contact) -> str:
        return str(contact.company or "")

    @display(description="Status", label=STATUS_COLOURS)
    def status_shown(self, contact: Contact) -> tuple[str, str]:
        return contact.status, contact.get_status_display()

    @display(description="Risk", label=RISK_COLOURS)
    def risk(self, contact: Contact) -> tuple[str, str] | None:
        level = contact.sms_pumping_risk_level
        return (level, contact.get_sms_pumping_risk_level_display()) if level else None

    @display(description="Number")
    def number(self, contact: Contact) -> str:
        return f"{contact.phone_display} (written as {contact.phone_raw})"

    @display(description="Sources")
    def sources(self, contact: Contact) -> SafeString:
        rows = [
            (name, getattr(contact, name, ""), *(fact.get(key, "") for key in ("by", "at", "sure")))
            for name, fact in sorted(contact.provenance.items())
        ]
        return table(("field", "value", "source", "when", "how sure"), rows)

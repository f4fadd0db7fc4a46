"""Companies: the list, and a page for each with its facts, its contacts and a small form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts import companies, queries, selection
from contacts.admin.base import ToLookAt
from contacts.admin.company_form import CompanyForm
from contacts.admin.pages import found, go_to, number, show
from contacts.company_facts import facts_of
from contacts.models import Company, Contact
from contacts.searching import newest_companies

Panel = Callable[[HttpRequest, Company], SafeString | str]
Namer = Callable[[Collection[str]], Mapping[str, str]]
MOST_FOUND = 2_000  # five times as many take 200 ms where a term is in every hundredth name
_panels: list[Panel] = []
_namers: list[Namer] = []


@admin.register(Company)
class CompanyAdmin(ToLookAt):
    list_display = ("named", "people", "updated_at")
    search_fields = ("name",)  # makes the search box; `get_search_results` does the work
    search_help_text = f"Any part of a name or a domain; the newest {MOST_FOUND:,} are listed"
    ordering = ("-id",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        people = Contact.objects.filter(company=OuterRef("pk")).order_by().values("company")
        count = Subquery(people.annotate(n=Count("pk")).values("n"))
        rows: QuerySet[Company] = super().get_queryset(request)
        return rows.defer("provenance").annotate(people_count=Coalesce(count, 0))

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Company], term: str
    ) -> tuple[QuerySet[Company], bool]:
        if not term.strip():
            return rows, False
        found = newest_companies(term, MOST_FOUND)
        # One array: as parameters of their own, so many ids take longer than the search.
        return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [found])), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(ModelAdmin.has_change_permission(self, request, obj))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _page(self, request, found(Company.objects.all(), number(object_id)))

    @display(description="Company", header=True)
    def named(self, company: Company) -> tuple[str, str]:
        return str(company), company.domain or ""

    @display(description="Contacts")
    def people(self, company: Company) -> str:
        count: int = getattr(company, "people_count", 0)
        return format_html('<a href="{}">{}</a>', _contacts_of(company), f"{count:,}")


def _page(office: ModelAdmin, request: HttpRequest, company: Company) -> HttpResponse:
    """The facts and the newest contacts; with a form for those who may change it."""
    may_change = office.has_change_permission(request)
    form = CompanyForm.of(company)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form = CompanyForm(request.POST)
        if form.is_valid() and _save(request, company, form):
            messages.success(request, "The company is saved.")
            return go_to(company)
        company.refresh_from_db()
    chosen = {"company": company.pk}
    may_see = request.user.has_perm("contacts.view_contact")
    at = request.GET.get("p", "1")
    shown = queries.page_of(chosen, int(at) if at.isdecimal() and len(at) < 6 else 1)
    return show(
        office, request, "contacts/companies/page.html", str(company), company=company, form=form,
        may_change=may_change, may_see_contacts=may_see, page=shown if may_see else None,
        count=queries.count_of(chosen), contacts_url=_contacts_of(company),
        facts=facts_of(company, _words(company)),
        panels=[panel(request, company) for panel in _panels],
    )  # fmt: skip


def add_panel(panel: Panel) -> None:
    """Let a room above show what it knows of a company; called by its AppConfig."""
    _panels.append(panel)


def add_namer(namer: Namer) -> None:
    """Let a room above call the sources of facts, such as lookups, by name, as `add_panel`."""
    _namers.append(namer)


def _words(company: Company) -> dict[str, str]:
    sources = {str(fact.get("by", "")) for fact in company.provenance.values()} - {""}
    return {by: said for namer in _namers for by, said in namer(sources).items()}


def _save(request: HttpRequest, company: Company, form: CompanyForm) -> bool:
    """Save; what the database's rules refuse, and a change meanwhile, is said in the form."""
    typed = form.cleaned_data
    try:
        companies.edit(
            company.pk, typed["name"], typed["domain"], request.user.get_username(),
            typed["revision"],
        )  # fmt: skip
    except companies.EditConflict as conflict:
        form.tell_conflict(conflict.current)
        return False
    except ValidationError as refused:
        for name, errors in refused.message_dict.items():
            form.add_error(name if name in form.fields else None, errors)
        return False
    return True


def _contacts_of(company: Company) -> str:
    query = selection.as_query({"company": company.pk})
    return f"{reverse('admin:contacts_contact_changelist')}?{query}"

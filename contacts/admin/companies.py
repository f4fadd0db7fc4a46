"""The back office of companies."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.models import Company, Contact


@admin.register(Company)
class CompanyAdmin(ToLookAt):
    list_display = ("named", "people", "updated_at")
    search_fields = ("name__istartswith", "domain__istartswith")
    search_help_text = "The beginning of a name or a domain"
    ordering = ("-id",)
    fields = ("name", "domain", "external_id", "people", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        people = Contact.objects.filter(company=OuterRef("pk")).order_by().values("company")
        count = Subquery(people.annotate(n=Count("pk")).values("n"))
        rows: QuerySet[Company] = super().get_queryset(request)
        return rows.annotate(people_count=Coalesce(count, 0))

    @display(description="Company", header=True)
    def named(self, company: Company) -> tuple[str, str]:
        return str(company), company.domain or ""

    @display(description="Contacts")
    def people(self, company: Company) -> str:
        link = f"{reverse('admin:contacts_contact_changelist')}?company__id__exact={company.pk}"
        return format_html('<a href="{}">{}</a>', link, getattr(company, "people_count", 0))

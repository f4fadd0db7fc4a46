"""The back office of teams: who is in which, so that spend can be told by team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from contacts.admin.meanwhile import Meanwhile
from enrichment.models import Team, TeamMember


class Members(TabularInline):
    model = TeamMember
    extra = 1
    readonly_fields = ("person",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Readers get a name: the field would link to a page that is not theirs."""
        return ("user",) if self.has_change_permission(request, obj) else ("person",)

    @display(description="Member")
    def person(self, member: TeamMember) -> str:
        return str(member.user)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest | None, **kwargs: Any
    ) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.order_by("username")
            field = super().formfield_for_foreignkey(db_field, request, **kwargs)
            field.widget.attrs["aria-label"] = "Member"
            return field
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TeamForm(Meanwhile, forms.ModelForm):  # type: ignore[type-arg]
    """A team's name; its members stand below."""


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    form = TeamForm
    change_form_before_template = "contacts/seen.html"
    list_display = ("name", "members_shown")
    search_fields = ("name",)
    search_help_text = "A part of a team's name"
    inlines = (Members,)
    actions = None
    change_list_template = "contacts/list.html"
    empty_title = "No team yet"
    empty_words = "Put people into a team, and Spend tells what its runs cost, team by team."
    empty_act = "Make the first team"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        rows: QuerySet[Team] = super().get_queryset(request)
        return rows.annotate(member_count=Count("members"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse for a team whose runs have spent: their money would be nobody's."""
        if obj is not None and obj.runs.exists():
            return False
        return bool(super().has_delete_permission(request, obj))

    @display(description="Members", ordering="member_count")
    def members_shown(self, team: Any) -> int:
        return int(team.member_count)

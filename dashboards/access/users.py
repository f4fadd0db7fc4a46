"""The back office of users and roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from dashboards.access import lockout
from dashboards.access.forms import GroupForm, NewUserForm, OthersPasswordForm, UserForm
from dashboards.access.middleware import is_password_due
from dashboards.access.people import require_new_password
from dashboards.access.roles import NAMES, ROLES

COLOURS = {"admin": "danger", "manager": "warning", "operator": "info", "viewer": "success"}
WORDS = {role.name: role.words for role in ROLES}


class OurUserAdmin(UserAdmin, ModelAdmin):  # type: ignore[type-arg]
    form = UserForm
    change_form_before_template = "contacts/seen.html"
    add_form = NewUserForm
    change_password_form = OthersPasswordForm
    add_form_template = "admin/change_form.html"
    list_display = ("who", "role_shown", "may_come_in", "last_login")
    list_filter = ("is_active", "groups")
    filter_horizontal = ()
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "role", "groups")}),
        ("Sign-in", {"fields": ("password_shown", "last_login", "date_joined", "locked_shown")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("role",)}),
        ("A password to begin with", {"fields": ("password1", "password2")}),
    )
    readonly_fields = ("password_shown", "last_login", "date_joined", "locked_shown")
    actions_detail = ("unlock",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.prefetch_related("groups").select_related("password_due")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what they did keeps their name; they can be switched off

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            require_new_password(obj)

    @transaction.atomic
    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Set somebody's password; one that is not one's own is due to be changed."""
        before = self.get_object(request, id)
        response: HttpResponse = super().user_change_password(request, id, form_url)
        after = User.objects.filter(pk=before.pk).first() if before else None
        if before and after and after.password != before.password and after != request.user:
            require_new_password(after)
        return response

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        user = User.objects.filter(pk=object_id).first()
        is_locked = bool(user and lockout.locked_until(user.get_username()))
        return list(super().get_actions_detail(request, object_id)) if is_locked else []

    @action(
        description="Unlock",
        permissions=["change"],
        dialog={
            "title": "Unlock the sign-in?",
            "description": "The failed sign-ins under this name are forgotten.",
            "form_class": None,
            "form_submit_text": "Unlock",
        },
    )
    def unlock(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        user = User.objects.get(pk=object_id)
        lockout.unlock(user)
        messages.success(request, f"{user} can sign in again.")
        url = reverse("admin:auth_user_change", args=[user.pk])
        return HttpResponse(headers={"HX-Redirect": url})

    @display(description="User", header=True, ordering="username")
    def who(self, user: User) -> tuple[str, str]:
        return user.get_username(), user.get_full_name() or user.email

    @display(description="Role", label=COLOURS)
    def role_shown(self, user: User) -> tuple[str, str]:
        held = {group.name for group in user.groups.all()}  # prefetched
        name = next((one for one in reversed(NAMES) if one in held), "")
        name = "admin" if user.is_superuser else name
        return name, name.capitalize() or "None"

    @display(description="May sign in", boolean=True, ordering="is_active")
    def may_come_in(self, user: User) -> bool:
        return user.is_active and user.is_staff

    @display(description="Password")
    def password_shown(self, user: User) -> SafeString:
        state = "To be changed at the next sign-in" if is_password_due(user) else "Their own"
        link = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('{}. <a class="sb-link" href="{}">Set another …</a>', state, link)

    @display(description="Locked")
    def locked_shown(self, user: User) -> str:
        until = lockout.locked_until(user.get_username()) if user.pk else None
        return f"Until {until:%H:%M} UTC, after failed sign-ins" if until else "No"


class OurGroupAdmin(GroupAdmin, ModelAdmin):
    """Roles are to look at: the program keeps them. Groups made by hand can be changed."""

    form = GroupForm
    change_form_before_template = "contacts/seen.html"
    list_display = ("called", "kept_by")
    actions = None

    class Media:
        js = ("dashboards/picker.js",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", "words", "allowed") if _is_role(obj) else ("name", "permissions")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("words", "allowed") if _is_role(obj) else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_role(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not _is_role(obj) and super().has_delete_permission(request, obj)

    @display(description="Role", header=True, ordering="name")
    def called(self, group: Group) -> tuple[str, str]:
        return group.name.capitalize(), WORDS.get(group.name, "")

    @display(description="Kept by")
    def kept_by(self, group: Group) -> str:
        return "the program" if _is_role(group) else "you"

    @display(description="In words")
    def words(self, group: Group) -> str:
        return WORDS[group.name]

    @display(description="May")
    def allowed(self, group: Group) -> SafeString:
        found = group.permissions.order_by("name").values_list("name")
        return format_html_join(mark_safe("<br>"), "{}", found)


def _is_role(group: Group | None) -> bool:
    return group is not None and group.name in NAMES

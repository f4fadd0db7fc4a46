"""The forms of users: who somebody is, what role they have, and a password to begin with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group, User
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminRadioSelectWidget

from contacts.admin.meanwhile import Meanwhile
from dashboards.access.people import LastAdmin, give_role, refuse_last_admin, role_of
from dashboards.access.roles import ADMIN, NAMES, ROLES

ALL = [(role.name, f"{role.name.capitalize()}: {role.words}") for role in ROLES]
NONE = ("", "None: only what the groups below allow.")
TO_BEGIN = "Hand it over; it must be changed at the first sign-in."


class Roles(forms.ChoiceField):
    """One role of all, each explained."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            choices=[*ALL, NONE], required=False, widget=UnfoldAdminRadioSelectWidget(), **more
        )


class NewUserForm(UserCreationForm):  # type: ignore[misc]
    """A name, a role, and a password that its owner will change."""

    role = Roles(initial=ROLES[0].name)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["usable_password"]  # nobody signs in by other means
        self.fields["password1"].required = self.fields["password2"].required = True
        self.fields["password2"].label = "Password again"
        self.fields["password2"].help_text = TO_BEGIN

    def save(self, commit: bool = True) -> User:
        self.instance.is_staff = True  # there is nothing here but the back office
        user: User = super().save(commit)
        return user

    def _save_m2m(self) -> None:
        super()._save_m2m()
        give_role(self.instance, self.cleaned_data["role"])


class UserForm(Meanwhile, UserChangeForm):  # type: ignore[misc]
    """Who somebody is and what they may do; the last administrator stays one."""

    role = Roles()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = role_of(self.instance)
        self.fields["is_active"].label = "May sign in"
        self.fields[
            "is_active"
        ].help_text = (
            "Off for whoever has left: they are signed out at once; what they did keeps their name."
        )
        self.fields["groups"].label = "Groups made by hand"
        self.fields["groups"].help_text = "They add to what the role allows."
        self.fields["groups"].queryset = Group.objects.exclude(name__in=NAMES)
        self.initial["groups"] = self.instance.groups.exclude(name__in=NAMES)

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean()
        if chosen.get("role") == ADMIN.name and chosen.get("is_active"):
            return chosen
        try:
            refuse_last_admin(self.instance)
        except LastAdmin:
            field = "is_active" if chosen.get("role") == ADMIN.name else "role"
            self.add_error(
                field, "This is the last administrator. Make somebody else one before this."
            )
        return chosen

    def _save_m2m(self) -> None:
        """Write the groups made by hand, and the role beside them."""
        super()._save_m2m()
        give_role(self.instance, self.cleaned_data["role"])


class GroupForm(Meanwhile, forms.ModelForm):  # type: ignore[type-arg]
    """A group made by hand."""


class OthersPasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    """A password for somebody else, who must change it."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields.pop("usable_password", None)
        self.fields["password1"].required = self.fields["password2"].required = True
        self.fields["password2"].label = "Password again"
        self.fields["password2"].help_text = TO_BEGIN

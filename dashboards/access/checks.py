"""System check of the roles: each permission that a role names must exist."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import _get_all_permissions  # type: ignore[attr-defined]  # what `migrate` asks
from django.core.checks import CheckMessage, Error, register

from dashboards.access.roles import ROLES

# Named by a role before the model has it.
COMING = frozenset(
    {
        "contacts.export_contact",
        "contacts.view_export",
        "contacts.delete_export",
        "enrichment.approve_run",
        "integrations.change_secret",
        "integrations.test_account",
        "integrations.view_exchange",
    }
)


@register()
def roles_name_what_exists(app_configs: Any, **_: Any) -> list[CheckMessage]:
    known = permissions_of_models() | COMING
    return [
        Error(
            f"The role {role.name} names {permission}, which no model has.",
            hint="Mend it in dashboards/access/roles.py.",
            id="switchboard.E006",
        )
        for role in ROLES
        for permission in role.adds
        if permission not in known
    ]


def permissions_of_models() -> set[str]:
    """Return every permission that `migrate` makes, as "app.codename"; asks no database."""
    return {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename, _ in _get_all_permissions(model._meta)
    }

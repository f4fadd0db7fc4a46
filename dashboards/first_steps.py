"""First steps: what leads from a first sign-in to a first own result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from dashboards.models import Dismissal
from dashboards.queries import Work


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    text: str
    link: str  # "" when it is not for this person
    is_done: bool


def first_steps(user: Any, work: Sequence[Work], *, is_sandbox: bool) -> list[Step]:
    """Return the steps for those who can take them, until all are done or they are dismissed."""
    if not user.has_perm("contacts.add_import"):
        return []
    kinds = {one.kind for one in work}
    may_run = user.has_perm("enrichment.add_run")
    may_see_accounts = user.has_perm("integrations.view_account")
    steps = [
        Step(
            "Add an account, or stay in the sandbox",
            "In the sandbox nothing is bought and nothing is sent; every answer is made up.",
            reverse("admin:integrations_account_changelist") if may_see_accounts else "",
            bool(kinds) or not is_sandbox,
        ),
        Step(
            "Bring a first file",
            "CSV, TSV or XLSX with a column of phone numbers; or paste some numbers.",
            reverse("admin:contacts_import_add"),
            "import" in kinds,
        ),
        Step(
            "Start a first run",
            "You see what it will cost before it costs anything.",
            reverse(f"admin:enrichment_run_{'add' if may_run else 'changelist'}"),
            "run" in kinds,
        ),
    ]
    if all(step.is_done for step in steps) or _is_dismissed(user):
        return []
    return steps


def dismiss(user: Any) -> None:
    """Show the steps to this person no more."""
    Dismissal.objects.get_or_create(user=user, what=Dismissal.FIRST_STEPS)


def _is_dismissed(user: Any) -> bool:
    return Dismissal.objects.filter(user=user, what=Dismissal.FIRST_STEPS).exists()

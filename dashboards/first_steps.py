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
    link: str
    is_done: bool


def first_steps(user: Any, work: Sequence[Work], *, is_sandbox: bool) -> list[Step]:
    """Return the steps, none once all are done or the person has dismissed them."""
    kinds = {one.kind for one in work}
    may_import = user.has_perm("contacts.add_import")
    steps = [
        Step(
            "Add an account, or stay in the sandbox",
            "In the sandbox nothing is bought and nothing is sent; every answer is made up.",
            reverse("admin:integrations_account_changelist"),
            bool(kinds) or not is_sandbox,
        ),
        Step(
            "Bring a first file",
            "CSV, TSV or XLSX with a column of phone numbers.",
            reverse(f"admin:contacts_import_{'add' if may_import else 'changelist'}"),
            "import" in kinds,
        ),
        Step(
            "Start a first run",
            "You see what it will cost before it costs anything.",
            reverse("admin:enrichment_run_changelist"),
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

"""What stands in the office before a test, written from inside by `Office.perform`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.utils import timezone

from config.embedded import PROJECT
from contacts.annotations import add_note, add_tag
from contacts.bulk.service import Wish, newest_id
from contacts.bulk.service import start as start_bulk
from contacts.importing.drafts import take_in
from contacts.importing.service import start as start_import
from contacts.importing.undo import undo
from contacts.models import BulkAction, Contact, Import
from contacts.services import edit_contact
from dashboards import tallies
from dashboards.alerting.watching import watch
from dashboards.models import Alert, AlertRule, PasswordDue
from enrichment import services
from enrichment.models import Answer, Recipe
from integrations import fleet
from integrations.models import Account
from integrations.services import forget_secrets, resume_account
from tests.e2e import crms
from tests.e2e.dealings import agree, deal
from tests.e2e.prospects import age, loosen, prospect, tend_upkeep, tighten
from tests.e2e.waiting import until

# Scenes of another file, which `Office.perform` finds here.
__all__ = ["age", "agree", "loosen", "tend_upkeep", "tighten"]

# Numbers that the sandbox answers in ways of their own (docs/sandbox.md).
MAGIC = "\n".join(f"+150055501{line:02d}" for line in (1, 2, 11, 27, 36, 40, 43, 62, 64, 67, 70))
NEXT_WEEK = """Phone;Name;Firm;Mail
+14155550199;Kim Doe;Acme Tools, Inc.;kim@acme-tools.test
(415) 555-0198;Ines Roth;;ines@example.test
555;Lee;;
"""


def hire(password: str, *roles: str) -> None:
    """Make somebody of every role."""
    for role in roles:
        hire_one(role, role, password)


def hire_one(name: str, role: str, password: str) -> None:
    """Make somebody of a role who has chosen a password."""
    user, _ = User.objects.get_or_create(username=name)
    user.is_staff, user.is_superuser = True, False
    user.set_password(password)
    user.save()
    user.groups.set([Group.objects.get(name=role)])
    PasswordDue.objects.filter(user=user).delete()


def live_in() -> None:
    """Let the office have worked for a while: imports and runs in many states."""
    admin = _admin()
    take_in(NEXT_WEEK, name="next-week.csv", user=admin)
    undo(mistake := imported("+12025550142\n+12025550143", "A mistake", admin))
    until(mistake, "undone")
    imported(MAGIC, "Numbers with a story", admin)
    customers = imported(PROJECT / "examples" / "contacts.csv", "contacts.csv", admin)
    recipe = Recipe.objects.get(slug="phone")
    run = services.create_run(recipe, {}, name="In between", user=admin)
    services.approve(run, cap_usd=Decimal(5))
    services.start(run.pk)
    services.pause(run)
    services.create_run(recipe, {}, name="Next month", user=admin)
    ran("Everybody", {}, admin)
    ran("Customers", {"import": customers.pk}, admin)
    remark(admin)
    tag("Newsletter", {"import": customers.pk}, admin)
    prospect(admin)
    deal(customers, admin)
    crms.sync(admin)
    alarm()
    Account.objects.update(daily_cap_usd=100, monthly_cap_usd=1000)
    tallies.refresh()


def imported(source: Path | str, name: str, by: User) -> Import:
    start_import(record := take_in(source, name=name, user=by))
    return until(record, "done")


def ran(name: str, chosen: dict[str, Any], by: User, *states: str) -> None:
    run = services.create_run(Recipe.objects.get(slug="phone"), chosen, name=name, user=by)
    services.launch(run, Decimal(50))
    until(run, *(states or ("done", "blocked")))


def remark(by: User) -> None:
    """Have somebody edit, note and tag the newest contact, the first of the list."""
    contact = Contact.objects.order_by("-pk")[0]
    edit_contact(contact.pk, {"position": "Head of purchasing"}, by, contact.revision)
    add_note(contact, "Prefers to be called before noon.", by)
    add_tag(contact, "Key account", by)


def tag(name: str, chosen: dict[str, Any], by: User) -> None:
    """Tag everybody who is chosen."""
    start_bulk(Wish(BulkAction.Kind.ADD_TAG, chosen, newest_id(), uuid4(), tag_name=name), by)


def calm() -> None:
    """Reset every circuit and forget every alert."""
    for circuit in fleet.states():
        fleet.reset(circuit.key)
    Alert.objects.all().delete()
    AlertRule.objects.all().delete()


def bring(text: str) -> None:
    """Import pasted text and print the id of the import."""
    print(imported(text, "Pasted", _admin()).pk)


def bring_crowd(count: str) -> None:
    """Import so many contacts of three columns; print the id of the import."""
    rows = "".join(f"+1{4155550000 + n},Crowd {n},\n" for n in range(int(count)))
    print(imported(f"Phone,Name,Firm\n{rows}", "The crowd", _admin()).pk)


def look_for_alerts() -> None:
    """Look as beat has it done every 30 s, three times in a row."""
    for _ in range(3):
        watch()


def ask_about(first: str, count: str, *states: str) -> None:
    """Import so many numbers, from the first on, and have a run over them come to such a state."""
    numbers = "\n".join(f"+{int(first) + at}" for at in range(int(count)))
    source = imported(numbers, f"From {first}", _admin())
    ran(f"From {first}", {"import": source.pk}, _admin(), *states)


def ask_anew(number: str) -> None:
    """Let a run ask everything about one number again, as if all answers were stale."""
    Answer.objects.update(expires_at=timezone.now())
    ran(f"{number} anew", {"q": number}, _admin())


def _admin() -> User:
    return User.objects.get(username="admin")


def forget() -> None:
    """Forget the secrets of every account and let all be asked again."""
    for account in Account.objects.all():
        forget_secrets(account, _admin())
        resume_account(account, _admin())


def alarm() -> None:
    """Raise an alert."""
    Alert.objects.create(
        kind="queue_age", level="warning", value=1900, raised_at=timezone.now(),
        message="The oldest item has waited for 31 minutes.",
    )  # fmt: skip

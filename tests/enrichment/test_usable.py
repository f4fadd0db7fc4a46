"""When a contact is usable, how many a run made so, and whose money it spent."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db.models import F, Sum

from enrichment import services
from enrichment.models import Recipe, Team, TeamMember
from enrichment.planner import Plan, Wanted
from enrichment.survivorship import Claim
from enrichment.usable import fields_had
from integrations.models import ApiCall, LookupDay, SpendDay
from integrations.registry import lookup
from tests.enrichment.conftest import approved, contact, numbers

LINE, NAME = lookup("twilio.line_type"), lookup("twilio.caller_name")
PLAN = Plan((Wanted("line_type", 0.8, (LINE,)), Wanted("caller_name", 0.5, (NAME,))))


def claim(value, sure, source="twilio.line_type"):
    return Claim(value, source, sure, "2026-11-22")


def had(plan=PLAN, values=None, provenance=None, **said):
    claims = {name.replace("__", "."): [claim] for name, claim in said.items()}
    return fields_had(plan, values or {}, provenance or {}, claims)


def test_what_the_run_brought_counts_when_it_is_sure_enough():
    found = had(line_type=claim("mobile", 0.8), caller_name=claim("Ann", 0.4))

    assert found == {"line_type": True, "caller_name": False}


def test_what_was_there_before_counts_as_it_is_sure():
    provenance = {
        "line_type": {"by": "twilio.line_type", "sure": 0.7, "at": "2026-11-01"},
        "caller_name": {"by": "person:ann", "sure": 1.0, "at": "2026-11-01"},
    }
    values = {"line_type": "mobile", "caller_name": "Ann"}

    assert had(values=values, provenance=provenance) == {"line_type": False, "caller_name": True}


def test_a_field_that_a_person_emptied_is_not_had():
    provenance = {"line_type": {"by": "person:ann", "sure": 1.0, "at": "2026-11-01"}}

    found = had(values={"line_type": ""}, provenance=provenance, line_type=claim("mobile", 1))

    assert found["line_type"] is False


def test_what_nobody_could_supply_is_not_wanted():
    plan = Plan(PLAN.wanted, frozenset({NAME.slug}))

    assert had(plan, line_type=claim("mobile", 1)) == {"line_type": True}


@pytest.mark.parametrize(("value", "is_had"), [(True, True), (False, False), (None, False)])
def test_a_number_that_is_not_valid_is_not_usable(value, is_had):
    plan = Plan((Wanted("phone_is_valid", 0.9, (LINE,)),))

    assert had(plan, phone_is_valid=claim(value, 0.99)) == {"phone_is_valid": is_had}


@pytest.mark.parametrize(
    ("status", "is_had"), [("valid", True), ("", True), ("accept_all", True), ("invalid", False),
                           ("spamtrap", False)],
)  # fmt: skip
def test_an_email_address_that_cannot_be_written_to_is_not_usable(status, is_had):
    plan = Plan((Wanted("email", 0.5, (LINE,)),))

    found = had(plan, email=claim("a@firm.test", 0.9), email_status=claim(status, 0.9))

    assert found == {"email": is_had}


def test_a_field_of_the_company_counts_too():
    plan = Plan((Wanted("company.industry", 0.5, (LINE,)),))
    values = {"company.industry": "Anvils"}

    assert had(plan, company__industry=claim("Anvils", 0.5)) == {"company.industry": True}
    assert had(plan, values) == {"company.industry": True}  # of a file, which is sure enough
    assert had(plan) == {"company.industry": False}


def test_a_run_counts_the_contacts_that_it_made_usable(runtime, line_type_recipe):
    for number in numbers(3):
        contact(number)
    contact("+12025550")  # not valid, so asked of nobody

    run = approved(line_type_recipe)
    runtime.work(300)

    rows = run.usable.values_list("field", "done", "usable").order_by("field")
    assert list(rows) == [("", 4, 3), ("line_type", 4, 3)]


def test_the_tallies_of_a_run_agree_with_its_ledger(runtime, sandbox):
    for number in numbers(5):
        contact(number)

    run = approved(Recipe.objects.get(slug="phone"))
    runtime.work(300)

    run.refresh_from_db()
    spent = SpendDay.objects.filter(run_id=run.pk).aggregate(usd=Sum("spent_usd"))["usd"]
    assert spent == run.spent_usd == ApiCall.objects.aggregate(usd=Sum("price_usd"))["usd"]
    assert spent > Decimal(0)
    days = LookupDay.objects.all()
    assert all(sum(day.latency) == day.asked for day in days)
    assert days.filter(asked=F("hits") + F("misses") + F("errors")).count() == days.count()


def test_a_run_belongs_to_its_makers_team_at_approval(line_type_recipe, settings):
    settings.SANDBOX = True
    ann, sales = User.objects.create_user("ann"), Team.objects.create(name="Sales")
    run = services.create_run(line_type_recipe, {}, user=ann)
    nobodys = services.create_run(line_type_recipe, {})
    member = TeamMember.objects.create(team=sales, user=ann)

    services.approve(run)
    services.approve(nobodys)
    member.team = Team.objects.create(name="Support")
    member.save()

    run.refresh_from_db()
    assert (run.team, nobodys.team) == (sales, None)

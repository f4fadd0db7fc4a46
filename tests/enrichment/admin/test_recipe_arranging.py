"""A recipe's fields and lookups, rearranged by buttons."""

from decimal import Decimal

import pytest

from tests.enrichment.admin.recipe_forms import ARRANGE, LINE, STATUS, form, kept, page_of
from tests.enrichment.conftest import switch

pytestmark = pytest.mark.django_db


def arranged(client, act, *wishes, **changes):
    """The fields with their lookups after a button was pressed."""
    context = client.post(ARRANGE, form(*wishes, do=act, **changes)).context
    return [(row.wish.field, [step.slug for step in row.steps]) for row in context["rows"]]


TWO = ("line_type", "0.5", ["twilio.line_type", "twilio.pre_fill"])


@pytest.mark.parametrize(
    ("act", "changes", "expected"),
    [
        ("up:line_status", {}, ["line_status", "line_type"]),
        ("down:line_status", {}, ["line_type", "line_status"]),
        ("down:line_type", {}, ["line_status", "line_type"]),
        ("unwant:line_type", {}, ["line_status"]),
        ("want", {"new_field": "caller_name"}, ["line_type", "line_status", "caller_name"]),
        ("want", {"new_field": "phone_e164"}, ["line_type", "line_status"]),
        ("want", {"new_field": "line_type"}, ["line_type", "line_status"]),
        ("up:nothing", {}, ["line_type", "line_status"]),
        (":::", {}, ["line_type", "line_status"]),
    ],
)
def test_fields_are_rearranged(admin_client, recipe, act, changes, expected):
    found = arranged(admin_client, act, TWO, STATUS, **changes)

    assert [field for field, _ in found] == expected


@pytest.mark.parametrize(
    ("act", "changes", "steps"),
    [
        ("later:line_type:twilio.line_type", {}, ["twilio.pre_fill", "twilio.line_type"]),
        ("sooner:line_type:twilio.pre_fill", {}, ["twilio.pre_fill", "twilio.line_type"]),
        ("later:line_type:twilio.pre_fill", {}, ["twilio.line_type", "twilio.pre_fill"]),
        ("drop:line_type:twilio.line_type", {}, ["twilio.pre_fill"]),
        ("add:line_type", {"new.line_type": "twilio.sim_swap"},
         ["twilio.line_type", "twilio.pre_fill", "twilio.sim_swap"]),
        ("add:line_type", {"new.line_type": "twilio.pre_fill"},
         ["twilio.line_type", "twilio.pre_fill"]),
        ("add:line_type", {}, ["twilio.line_type", "twilio.pre_fill"]),
        ("drop:line_type:nothing", {}, ["twilio.line_type", "twilio.pre_fill"]),
    ],
)  # fmt: skip
def test_lookups_are_rearranged(admin_client, recipe, act, changes, steps):
    assert arranged(admin_client, act, TWO, **changes) == [("line_type", steps)]
    assert kept(recipe) == [["line_type", 0.5, ["twilio.line_type"]]]


def test_buttons_work_without_javascript_too(admin_client, recipe):
    response = admin_client.post(page_of(recipe), form(LINE, STATUS, do="up:line_status"))

    assert [row.wish.field for row in response.context["rows"]] == ["line_status", "line_type"]
    assert kept(recipe) == [["line_type", 0.5, ["twilio.line_type"]]]


def test_price_of_a_contact_follows_what_is_switched_on(admin_client, recipe):
    switch("line_status", price="0.01")
    switch("sim_swap", is_on=False)
    wishes = (LINE, STATUS, ("sim_swapped_at", "0.5", ["twilio.sim_swap"]))

    context = admin_client.post(ARRANGE, form(*wishes, do="x")).context

    cost = context["cost"]
    assert {cost.least_usd, cost.expected_usd, cost.most_usd} == {Decimal("0.018")}

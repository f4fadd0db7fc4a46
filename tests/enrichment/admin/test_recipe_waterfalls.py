"""Conditions, ages and caps of a recipe are typed, checked, shown and kept."""

from decimal import Decimal

import pytest

from enrichment import keeping
from enrichment.models import Recipe
from enrichment.recipes import snapshot
from enrichment.templatetags.enrichment_words import field_label
from integrations.models import Account, AccountLookup
from tests.enrichment.admin.recipe_forms import ADD, ARRANGE, form, page_of

pytestmark = pytest.mark.django_db

TWO = ("line_type", "0.5", ["twilio.line_type", "twilio.pre_fill"])
TYPED = {
    "fresh.line_type": "14",
    "condition.line_type:twilio.pre_fill": "us",
    "beside.line_type": ["twilio.pre_fill"],
    "cap_per_contact_usd": "0.25",
}


def steps(response):
    (row,) = response.context["rows"]
    return [(step.slug, step.condition, step.is_beside) for step in row.steps]


def test_age_condition_company_of_steps_and_cap_are_kept(admin_client, recipe):
    lookups = ["hunter.verify_email", "hunter.find_email"]
    typed = {
        "fresh.email_status": "14",
        "condition.email_status:hunter.find_email": "us",
        "beside.email_status": ["hunter.find_email"],
        "cap_per_contact_usd": "0.25",
    }

    admin_client.post(ADD, form(("email_status", "0.7", lookups), **typed))

    new = Recipe.objects.get(slug="mine")
    assert snapshot(new) == {
        "wanted": [["email_status", 0.7, lookups]],
        "fresh_days": None,
        "conditions": {"email_status": {"hunter.find_email": "us"}},
        "beside": {"email_status": ["hunter.find_email"]},
        "field_fresh_days": {"email_status": 14},
        "cap_per_contact_usd": "0.250000",
    }
    assert snapshot(keeping.copy(new)) == snapshot(new) | {"cap_per_contact_usd": "0.25"}


def test_saving_what_the_page_shows_changes_nothing(admin_client, recipe):
    draft = keeping.draft_of(recipe)

    keeping.save(recipe, draft, seen=keeping.version(recipe))

    assert keeping.draft_of(Recipe.objects.get()) == draft


def test_condition_is_taken_back_by_choosing_always(admin_client, recipe):
    wish = ("line_type", "0.5", ["twilio.line_type"])
    only = "condition.line_type:twilio.line_type"
    admin_client.post(page_of(recipe), form(wish, recipe=recipe, **{only: "us"}))
    recipe.refresh_from_db()
    before = snapshot(recipe).get("conditions")

    admin_client.post(page_of(recipe), form(wish, recipe=recipe, **{only: ""}))

    assert before == {"line_type": {"twilio.line_type": "us"}}
    assert "conditions" not in snapshot(recipe)


def test_first_step_is_beside_nobody(admin_client, recipe):
    response = admin_client.post(
        ARRANGE, form(TWO, do="x", **{"beside.line_type": ["twilio.line_type"]})
    )

    assert [beside for _, _, beside in steps(response)] == [False, False]


def test_conditions_travel_with_their_lookup(admin_client, recipe):
    act = "sooner:line_type:twilio.pre_fill"

    response = admin_client.post(ARRANGE, form(TWO, do=act, **TYPED))

    assert steps(response)[0][:2] == ("twilio.pre_fill", "us")
    assert 'value="14"' in response.content.decode()


def test_cheapest_sufficient_comes_first(admin_client, recipe):
    wish = ("email_status", "0.9", ["hunter.find_email", "hunter.verify_email", "gone.x"])
    prices = {"hunter.find_email": "0.09", "hunter.verify_email": "0.01"}
    _price(prices)

    response = admin_client.post(ARRANGE, form(wish, do="cheapest:email_status"))

    assert steps(response) == [
        ("hunter.verify_email", "", False),
        ("hunter.find_email", "", False),
        ("gone.x", "", False),
    ]


def _price(prices):
    for slug, price in prices.items():
        provider, name = slug.split(".")
        account = Account.objects.get(provider=provider)
        AccountLookup.objects.update_or_create(
            account=account, name=name,
            defaults={"is_enabled": True, "price_usd": Decimal(price)},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fresh.line_type": "0"}, "Whole days, 1 to 3,650; or leave it empty."),
        ({"fresh.line_type": "-3"}, "Whole days, 1 to 3,650; or leave it empty."),
        ({"condition.line_type:twilio.line_type": "full moon"}, "There is no such condition"),
        ({"cap_per_contact_usd": "-0.01"}, "An amount of dollars, not below zero"),
        ({"cap_usd": "-1"}, "An amount of dollars, not below zero"),
    ],
)
def test_mistakes_are_said_and_nothing_is_kept(admin_client, recipe, changes, said):
    wish = ("line_type", "0.5", ["twilio.line_type"])

    response = admin_client.post(ADD, form(wish, **changes))

    assert said in response.content.decode()
    assert list(Recipe.objects.all()) == [recipe]


def test_unknown_field_is_refused_and_stays_to_be_seen(admin_client, recipe):
    response = admin_client.post(ADD, form(("shoe_size", "0.5", ["twilio.line_type"])))

    html = response.content.decode()
    assert "There is no such field." in html and "Shoe size" in html
    assert list(Recipe.objects.all()) == [recipe]


def test_company_fields_stand_in_a_group_of_their_own(admin_client, recipe):
    html = admin_client.get(ADD).content.decode()

    contact, company = html.split('<optgroup label="Their company">')
    assert '<option value="line_type">Line type</option>' in contact
    assert '<option value="company.name">Company name</option>' in company


def test_viewer_reads_the_conditions_in_words(admin_client, recipe, person, client):
    wish = ("line_type", "0.5", ["twilio.line_type"])
    only = {"condition.line_type:twilio.line_type": "us", "fresh.line_type": "9"}
    admin_client.post(page_of(recipe), form(wish, recipe=recipe, **only))
    person("view_recipe")

    html = client.get(page_of(recipe)).content.decode()

    assert "only in the United States" in html and "fresh for 9 days" in html
    assert "<select" not in html.split('id="composition"')[1].split("</form>")[0]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("line_type", "Line type"),
        ("email", "E-mail"),
        ("company.has_mx", "Company has MX"),
        ("company.company_type", "Company type"),
        ("sim_swapped_at", "SIM swapped at"),
    ],
)
def test_fields_are_called_in_words(name, label):
    assert field_label(name) == label

"""The form of an upkeep: contacts named as in the address of their list."""

import pytest

from enrichment.models import Recipe, Upkeep
from enrichment.recipes import ensure_recipes

ADD = "/admin/enrichment/upkeep/add/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed():
    ensure_recipes()
    recipe = Recipe.objects.get(slug="phone")
    return {"name": "Lines", "recipe": recipe.pk, "after_days": 90, "monthly_cap_usd": "12"}


@pytest.mark.parametrize(
    "which",
    ["line_type=mobile", "https://office.test/admin/contacts/contact/?line_type=mobile&p=2"],
)
def test_contacts_are_named_by_the_address_of_their_list(admin_client, typed, which):
    admin_client.post(ADD, {**typed, "which": which})

    upkeep = Upkeep.objects.get()
    page = admin_client.get(f"/admin/enrichment/upkeep/{upkeep.pk}/change/").content.decode()
    assert upkeep.selection == {"line_type": "mobile"}
    assert 'value="line_type=mobile"' in page
    assert 'value="12"' in page


def test_nothing_typed_means_all_contacts(admin_client, typed):
    admin_client.post(ADD, {**typed, "which": ""})

    html = admin_client.get("/admin/enrichment/upkeep/").content.decode()
    assert Upkeep.objects.get().selection == {}
    assert "all contacts" in html


@pytest.mark.parametrize("which", ["country=Atlantis", "colour=red", "mobile"])
def test_what_is_no_filter_is_refused_and_kept(admin_client, typed, which):
    response = admin_client.post(ADD, {**typed, "which": which})

    assert not Upkeep.objects.exists()
    assert response.context["errors"]
    assert f'value="{which}"' in response.content.decode()


def test_a_new_one_has_no_past_to_show(admin_client):
    html = admin_client.get(ADD).content.decode()

    assert "DatabaseDefault" not in html and "Looked at" not in html


def test_an_empty_list_says_what_comes_first(admin_client):
    html = admin_client.get("/admin/enrichment/upkeep/").content.decode()

    assert "Nothing is kept up yet" in html
    assert '<a class="imp-link" href="add/">Set up the first upkeep</a>' in html


def test_the_form_speaks_of_days_and_dollars(admin_client):
    form = admin_client.get(ADD).context["adminform"].form

    labels = [form.fields[name].label for name in ("after_days", "monthly_cap_usd", "is_on")]
    assert labels == [
        "Asked again after, in days", "Spends a month at most, in US dollars", "On"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("monthly_cap_usd", "-1", "A cap is not below 0. With 0 nothing is paid for."),
        ("after_days", "0", "At least 1 day."),
    ],
)
def test_figure_out_of_range_is_said_beside_it_and_kept(admin_client, typed, field, value, said):
    response = admin_client.post(ADD, {**typed, "which": "", field: value})

    assert response.context["adminform"].form.errors == {field: [said]}
    assert f'value="{value}"' in response.content.decode()
    assert not Upkeep.objects.exists()

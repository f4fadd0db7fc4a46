"""A recipe is tried on the answers already bought, from its page, saved or not."""

import pytest

from contacts.models import Contact
from enrichment.models import Recipe
from tests.enrichment.admin.recipe_forms import LINE, STATUS, form, kept, page_of
from tests.enrichment.conftest import switch

pytestmark = pytest.mark.django_db

TRY = "/admin/enrichment/recipe/try/"


def test_draft_is_tried_and_nothing_kept(admin_client, recipe):
    switch("line_status")
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100")

    html = admin_client.post(TRY, form(LINE, STATUS, recipe=recipe, name="")).content.decode()

    assert "Played over 1 contact." in html
    assert "Line status" in html and "1 question, $0.0070 at most" in html
    assert kept(recipe) == [["line_type", 0.5, ["twilio.line_type"]]]


def test_try_works_without_javascript_and_keeps_what_was_typed(admin_client, recipe):
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    typed = form(LINE, STATUS, recipe=recipe, do="try", description="For sales")

    html = admin_client.post(page_of(recipe), typed).content.decode()

    assert "Played over 1 contact." in html and "For sales" in html
    assert Recipe.objects.get().description == ""


@pytest.mark.parametrize("over", ["999", "x", "²", "9" * 40])
def test_unknown_run_is_refused(admin_client, recipe, over):
    html = admin_client.post(TRY, form(LINE, over=over)).content.decode()

    assert "There is no such run; choose one from the list." in html


def test_recipe_with_mistakes_is_not_tried(admin_client, recipe):
    html = admin_client.post(TRY, form(("line_type", "2", ["gone.x"]))).content.decode()

    assert "The fields have mistakes" in html


def test_contacts_come_first(admin_client, recipe):
    html = admin_client.post(TRY, form(LINE)).content.decode()

    assert "There are no contacts to try it on yet." in html


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (("change_recipe",), 403),
        (("view_contact", "view_run"), 403),
        (("change_recipe", "view_contact", "view_run"), 200),
    ],
)
def test_trying_asks_for_what_it_reads(recipe, person, client, permissions, status):
    person(*permissions)

    assert client.post(TRY, form(LINE)).status_code == status

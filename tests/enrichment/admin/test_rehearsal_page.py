"""The page of a rehearsal: progress, result, what is known applied; from recipes and from runs."""

import pytest

from contacts.models import Contact
from enrichment import rehearsals
from enrichment.models import Rehearsal, Run
from tests.enrichment.admin.recipe_forms import LINE, form
from tests.enrichment.test_rehearsing import LINE as KEPT
from tests.enrichment.test_rehearsing import bought

pytestmark = pytest.mark.django_db

TRY = "/admin/enrichment/recipe/try/"
PAGE = "/admin/enrichment/recipe/rehearsal/{}/"
START = "/admin/enrichment/run/add/"


@pytest.fixture
def somebody(recipe):
    bought("+14155550100", line_type="mobile")
    return Contact.objects.create(phone_raw="x", phone_e164="+14155550100")


@pytest.mark.parametrize(("over", "played"), [("status=pending", 1), ("status=completed", 0)])
def test_selection_of_a_list_is_tried(admin_client, somebody, over, played):
    admin_client.post(TRY, form(LINE, over="chosen", chosen=over))

    assert Rehearsal.objects.get().played_count == played


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"over": "chosen", "chosen": "colour=red"}, "That selection means nothing"),
        ({"over": "chosen", "chosen": "country=123456"}, "That selection means nothing"),
        ({"over": "import:999"}, "There is no such import"),
        ({"over": "import:x"}, "There is no such import"),
    ],
)
def test_contacts_that_nobody_can_tell_are_refused(admin_client, somebody, sent, words):
    html = admin_client.post(TRY, form(LINE, **sent)).content.decode()

    assert words in html
    assert Rehearsal.objects.count() == 0


def test_run_that_is_about_to_be_estimated_is_tried_first(admin_client, recipe, somebody):
    response = admin_client.post(
        f"{START}?status=pending",
        {"over": "named", "recipe": recipe.pk, "mode": "all", "do": "try"}, follow=True,
    )  # fmt: skip

    row = Rehearsal.objects.get()
    assert response.redirect_chain == [(PAGE.format(row.pk), 302)]
    assert (row.selection, row.recipe, Run.objects.count()) == ({"status": "pending"}, recipe, 0)
    assert "Over pending" in response.content.decode()


def test_large_one_shows_how_far_it_is_and_is_stopped(admin_client, recipe, somebody, monkeypatch):
    monkeypatch.setattr(rehearsals, "AT_ONCE", 0)

    html = admin_client.post(TRY, form(LINE)).content.decode()
    row = Rehearsal.objects.get()
    assert "It is being played." in html and f'hx-get="{PAGE.format(row.pk)}live/"' in html
    admin_client.post(PAGE.format(row.pk) + "cancel/")

    html = admin_client.get(PAGE.format(row.pk) + "live/").content.decode()
    assert "It was stopped after 0 of 1 contacts" in html and "hx-get" not in html


def test_what_is_known_is_applied_from_its_page(admin_client, somebody):
    row = rehearsals.create(KEPT, {})
    assert "Apply to 1 contact" in admin_client.get(PAGE.format(row.pk)).content.decode()

    response = admin_client.post(PAGE.format(row.pk) + "apply/", follow=True)

    somebody.refresh_from_db()
    assert somebody.line_type == "mobile"
    html = response.content.decode()
    assert "Applied to 1 contact." in html and "Apply to 1 contact" not in html


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (("change_recipe", "view_contact", "view_run"), 403),
        (("add_run", "change_contact"), 403),
        (("change_recipe", "view_contact", "view_run", "add_run", "change_contact"), 302),
    ],
)
def test_applying_asks_for_what_it_writes(somebody, person, client, permissions, status):
    row = rehearsals.create(KEPT, {})
    person(*permissions)

    assert client.post(PAGE.format(row.pk) + "apply/").status_code == status

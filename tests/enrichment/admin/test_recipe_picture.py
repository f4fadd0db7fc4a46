"""The recipe's page shows who is asked after whom, and for how much."""

import pytest

from tests.enrichment.admin.recipe_forms import ADD, ARRANGE, LINE, STATUS, form, page_of

pytestmark = pytest.mark.django_db


def test_picture_stands_on_the_page_in_lines_and_in_words(admin_client, recipe):
    html = admin_client.get(page_of(recipe)).content.decode()

    assert '<title id="flow-title">Who is asked after whom</title>' in html
    words = " ".join(html.split("At hand: Phone.")[1].split()[:10])
    assert (
        words
        == "</li> <li>First: Line type (Twilio Lookup, $0.0080).</li> <li>Wanted: Line type.</li>"
    )
    assert html.count("<path class=") == 2 and " style=" not in html.split('id="picture"')[1]


def test_empty_recipe_says_what_comes_first(admin_client, recipe):
    html = admin_client.get(ADD).content.decode()

    assert "Nothing: nobody is asked yet." in html
    assert "There is something to see once a field has a lookup." in html


def test_draft_full_of_mistakes_is_pictured_as_far_as_it_goes(admin_client, recipe):
    wishes = (("line_type", "NaN", ["twilio.line_type", "gone.x"]), ("shoe_size", "", ["gone.y"]))
    typed = {"fresh_days": "²", "cap_per_contact_usd": "-1", "fresh.line_type": "x",
             "condition.line_type:twilio.line_type": "full moon"}  # fmt: skip

    response = admin_client.post(ARRANGE, form(*wishes, do="x", **typed))

    assert response.status_code == 200
    assert [box.name for box in response.context["picture"].boxes] == [
        "phone", "twilio.line_type", "line_type",
    ]  # fmt: skip


def test_page_asks_the_database_no_more_with_more_fields(
    admin_client, recipe, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        admin_client.post(ARRANGE, form(LINE, STATUS, do="x"))
    with django_assert_max_num_queries(12):
        admin_client.get(page_of(recipe))

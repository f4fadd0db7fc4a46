"""The check-list of first steps on the home page."""

import pytest
from django.urls import reverse

from tests.dashboards.homes import ALL, HOME, figures, run
from tests.dashboards.people import signed_in
from tests.dashboards.rows import people

pytestmark = pytest.mark.django_db


def test_first_steps_go_as_they_are_done(admin_client):
    before = figures(admin_client)["steps"]
    people(0, 1)
    halfway = figures(admin_client)["steps"]
    run("draft")
    after = figures(admin_client)["steps"]

    assert [step.is_done for step in before] == [False, False, False]
    assert [step.is_done for step in halfway] == [True, True, False]
    assert after == []


def test_first_steps_lead_where_this_person_may_go(admin_client):
    may_import = signed_in(*ALL, "contacts.add_import")
    found = [figures(client)["steps"] for client in (admin_client, may_import, signed_in(*ALL))]

    assert [[step.link for step in steps] for steps in found] == [
        [
            "/admin/integrations/account/",
            "/admin/contacts/import/add/",
            "/admin/enrichment/run/add/",
        ],
        ["/admin/integrations/account/", "/admin/contacts/import/add/", "/admin/enrichment/run/"],
        [],
    ]


def test_dismissed_first_steps_stay_away_for_that_person(admin_client):
    assert figures(admin_client)["steps"]

    response = admin_client.post(reverse("dashboards:first_steps"))

    assert (response.status_code, response["Location"]) == (302, HOME)
    assert figures(admin_client)["steps"] == []
    assert len(figures(signed_in(*ALL, "contacts.add_import"))["steps"]) == 3

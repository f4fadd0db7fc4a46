"""What the home page costs, and who sees what of it."""

import pytest

from dashboards import tallies
from tests.dashboards.costs import costs, nobody_stands_in
from tests.dashboards.homes import ALL, HOME, LIVE, figures, run
from tests.dashboards.people import signed_in
from tests.dashboards.rows import calls, people, work

pytestmark = pytest.mark.django_db


def test_home_costs_the_same_at_ten_and_a_thousand_rows(settings):
    settings.SANDBOX = None
    nobody_stands_in()
    client = signed_in(*ALL)
    people(0, 10)
    costs(client, (HOME, LIVE))
    few = costs(client, (HOME, LIVE))

    people(10, 1000)
    work(0, 1000)
    calls(0, 1000)
    many = costs(client, (HOME, LIVE))

    # With a run the first steps are done, which saves the question whether they were dismissed.
    assert all(many[one] <= few[one] <= 12 for one in (HOME, LIVE))


def test_home_of_many_contacts_is_as_cheap(settings, monkeypatch):
    monkeypatch.setattr(tallies, "LIVE_ROWS", 3)
    client = signed_in(*ALL)
    people(0, 10)
    tallies.refresh()
    client.get(HOME)

    assert costs(client, [HOME])[HOME] <= 12
    assert figures(client)["tally"].total == 10


def test_figures_are_for_those_who_may_see_them(client):
    nobody, somebody = signed_in(), signed_in(*ALL)

    assert "home" not in nobody.get(HOME).context
    assert "Recent failures" not in nobody.get(HOME).content.decode()
    assert [one.get(LIVE).status_code for one in (client, nobody, somebody)] == [403, 403, 200]


def test_a_panel_is_for_those_who_may_see_its_list():
    people(0, 1)
    run("blocked")

    html = signed_in("dashboards.view_home").get(HOME).content.decode()

    for word in ("Lookups per day", "Top carriers", "Providers, last", "A blocked run"):
        assert word not in html

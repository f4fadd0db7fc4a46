"""The lists of runs, recipes and run items: what they say, what they lead to, what they cost."""

import pytest

from contacts.models import Contact
from enrichment.models import Recipe, Run, RunItem
from tests.dashboards.costs import costs, nobody_stands_in
from tests.dashboards.rows import EVIL, people, work
from tests.enrichment.admin.conftest import working

pytestmark = pytest.mark.django_db
RUNS, ITEMS = "/admin/enrichment/run/", "/admin/enrichment/runitem/"
RECIPES = "/admin/enrichment/recipe/"


def test_a_thousand_rows_cost_what_ten_cost(admin_client, settings):
    settings.SANDBOX = True
    nobody_stands_in()
    people(0, 10)
    work(0, 10)
    run = Run.objects.order_by("pk").first()
    one_run, its_page = f"{ITEMS}?run__id__exact={run.pk}", f"{RUNS}{run.pk}/change/"
    addresses = (RUNS, RECIPES, ITEMS, one_run, its_page)
    costs(admin_client, addresses)
    few = costs(admin_client, addresses)

    people(10, 1000)
    work(10, 1000)
    RunItem.objects.update(run=run)

    assert costs(admin_client, addresses) == few
    assert max(few.values()) <= 12


def test_list_of_runs_says_how_far_and_who(admin_client, run):
    working(
        run,
        total=1200,
        done=300,
        failed=300,
        created_by=admin_client.get("/admin/").wsgi_request.user,
    )

    html = " ".join(admin_client.get(RUNS).content.decode().split())

    assert "600 of 1,200, 300 failed" in html and 'max="1200" value="600"' in html
    assert "$0.00 of $5.00 (sandbox)" in html and ">admin<" in html.replace("> ", ">").replace(
        " <", "<"
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("?state__exact=ready", 1), ("?by=me", 0), ("?by=x", 2), ("?mode__exact=all", 2)],
)
def test_runs_are_filtered(admin_client, run, query, count):
    Run.objects.create(recipe=run.recipe, state="done")

    assert len(admin_client.get(RUNS + query).context["cl"].result_list) == count


def test_empty_lists_lead_to_the_first_one(admin_client):
    pages = [admin_client.get(address).content.decode() for address in (RUNS, ITEMS, RECIPES)]

    assert "Start the first run" in pages[0] and f"{RUNS}add/" in pages[0]
    assert "No contact has been looked up yet" in pages[1]
    assert "No recipe yet" in pages[2] and f"{RECIPES}add/" in pages[2]


def item(run, state="done", **fields):
    number = f"+1212555{RunItem.objects.count():04}"
    contact = Contact.objects.create(phone_raw="x", phone_e164=number)
    return RunItem.objects.create(run=run, contact=contact, state=state, **fields)


def test_items_say_what_was_asked_in_short(admin_client, run):
    trace = {"twilio.line_type": {"o": "hit", "usd": "0.008"}, "twilio.sim_swap": {"o": "skipped"},
             "twilio.line_status": {"o": "skipped"}, "x": {"o": EVIL}}  # fmt: skip
    item(run, trace=trace)

    html = admin_client.get(f"{ITEMS}?run__id__exact={run.pk}").content.decode()

    assert "1 answered, 2 not asked" in html and "What was asked in First" in html
    assert f"{RUNS}{run.pk}/change/" in html


@pytest.mark.parametrize(
    ("query", "count"),
    [("run__id__exact={}", 3), ("run__id__exact={}&state__exact=failed", 1),
     ("run__id__exact=999999", 0), ("q=%2B1212555", 3)],
)  # fmt: skip
def test_items_are_filtered_by_run_and_state(admin_client, run, query, count):
    for state in ("done", "failed", "waiting"):
        item(run, state)

    found = admin_client.get(f"{ITEMS}?{query.format(run.pk)}").context["cl"].result_list

    assert len(found) == count


@pytest.mark.parametrize("number", ["x", "9" * 30, "-1"])
def test_broken_run_in_the_address_is_no_error(admin_client, run, number):
    response = admin_client.get(f"{ITEMS}?run__id__exact={number}", follow=True)

    assert response.status_code == 200


def test_page_of_an_item_tells_all_of_it(admin_client, run):
    trace = {"twilio.line_type": {"o": "error", "why": f"ServerFailed: {EVIL}", "usd": "0.008"},
             "twilio.sim_swap": {"o": "skipped", "why": "switched off in the account"}}  # fmt: skip
    row = item(run, "failed", trace=trace)

    html = admin_client.get(f"{ITEMS}{row.pk}/change/").content.decode()

    assert "Line type" in html and "$0.0080" in html and "Switched off in the account" in html
    assert "The provider failed" in html and "ServerFailed" not in html
    assert html.index("Failed</span>") < html.index("Not asked</span>")
    assert "<script>alert" not in html


def test_lists_need_their_permissions(person, client, recipe):
    person("view_recipe")

    assert [client.get(one).status_code for one in (RUNS, ITEMS, RECIPES)] == [403, 403, 200]
    assert "Make a recipe" not in client.get(RECIPES).content.decode()
    assert Recipe.objects.count() == 1

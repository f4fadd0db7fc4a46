"""The page of a contact: what it tells, to whom, for how many queries, and that nothing runs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from contacts.history import acting_as
from contacts.models import Company, Contact
from contacts.services import edit_contact
from dashboards.contact.views import TABS
from tests.dashboards.contact.conftest import EVIL, address, work
from tests.dashboards.costs import used_now


def fetch(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def queries_of(client, url):
    with CaptureQueriesContext(connection) as captured:
        fetch(client, url)
    return len(captured)


def test_it_stands_where_the_list_leads(held):
    assert address("page", held) == reverse("admin:contacts_contact_change", args=[held.pk])


def test_head_tells_who_and_how(admin_client, held):
    html = fetch(admin_client, address("page", held))

    for words in ("(415) 555-0100 ext. 12", "tel:+14155550100", "Buyer", "Acme", "Oslo", "Pending",
                  "Valid", "Mobile", "None on record", "60 of 100"):  # fmt: skip
        assert words in html


def test_cards_tell_source_price_age_and_who_may_overwrite(admin_client, held):
    html = fetch(admin_client, address("page", held))

    for words in ("Set by ann", "Outranks providers", "Only a person.", "95% sure", "$0.008",
                  "Stale from", "A newer answer of this lookup", "20 Nov 2026"):  # fmt: skip
        assert words in html
    assert "Not known yet (5)" in html  # of the person's nine


def test_stale_answer_says_so(admin_client, held):
    from enrichment.models import Answer

    Answer.objects.update(expires_at="2026-01-01T00:00:00Z")

    assert "Stale since" in fetch(admin_client, address("page", held))


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_safe_and_costs_the_same_with_much(admin_client, held, tab):
    work(held, 0, 10)
    used_now(admin_client)
    page, fragment = f"{address('page', held)}?tab={tab}", address("tab", held, tab)
    html = fetch(admin_client, page) + fetch(admin_client, fragment)
    few = queries_of(admin_client, page)
    work(held, 10, 200)

    assert queries_of(admin_client, page) == few <= 12
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html


def test_runs_tell_what_was_asked_and_why_not(admin_client, held):
    work(held, 0, 1)

    html = fetch(admin_client, address("tab", held, "runs"))

    for words in ("Answered", "Not asked", "Not known yet: first name, last name", "$0.008"):
        assert words in html


def test_origin_names_file_and_line(admin_client, held):
    html = fetch(admin_client, address("tab", held, "origin"))

    assert '<td data-label="Line">7</td>' in html and "Created" in html


@pytest.mark.parametrize("tab", ["", "nothing", EVIL])
def test_unknown_tab_is_the_first(admin_client, held, tab):
    assert "Outranks providers" in fetch(admin_client, f"{address('page', held)}?tab={tab}")


def test_unknown_contact_is_404(admin_client, held):
    gone = reverse("contact:page", args=[10**17])

    assert admin_client.get(gone).status_code == 404


@pytest.mark.parametrize(
    ("tab", "needs"),
    [(name, needs) for name, (_, needs, _) in TABS.items() if needs],
)
def test_tab_asks_for_its_own_permission(signed_in, held, tab, needs):
    client = signed_in("contacts.view_contact")
    assert client.get(address("tab", held, tab)).status_code == 403
    assert client.get(f"{address('page', held)}?tab={tab}").status_code == 403
    assert f"?tab={tab}" not in fetch(client, address("page", held))


def test_viewer_sees_the_page_and_no_button(signed_in, held):
    client = signed_in("contacts.view_contact")

    html = fetch(client, address("page", held))

    assert queries_of(client, address("page", held)) <= 12
    for words in ("/edit/", "/give-back/", "Add note", "Add a tag", "Remove tag"):
        assert words not in html


@pytest.mark.parametrize("name", ["page", "suggest", "note", "tag"])
def test_nobody_without_permission_gets_anything(signed_in, held, name):
    client = signed_in()

    assert client.get(address(name, held)).status_code in (403, 405)
    assert client.post(address(name, held)).status_code in (403, 405)


def test_a_stranger_is_sent_to_sign_in(client, held):
    response = client.get(address("page", held))

    assert (response.status_code, "login" in response["Location"]) == (302, True)


def test_a_fragment_after_the_session_has_ended_leads_to_the_login(client, held):
    response = client.get(address("tab", held, "history"), headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == address("page", held)
    assert response.content == b""


def test_history_tells_who_changed_what_from_what_to_what(admin_client, admin_user, held):
    other = Company.objects.create(name="Umbrella", name_key="umbrella")
    with acting_as(admin_user):
        edit_contact(held.pk, {"company": other, "city": "Bergen"}, admin_user, 0)
    Contact.objects.update(position="Boss")

    html = fetch(admin_client, address("tab", held, "history"))

    for words in ("<del>Oslo</del> → <ins>Bergen</ins>", "<del>Acme</del> → <ins>Umbrella</ins>",
                  "<strong>admin</strong>", "<del>Buyer</del> → <ins>Boss</ins>",
                  "Written without a name"):  # fmt: skip
        assert words in html


def test_history_names_the_run_that_opened_it_again(admin_client, held):
    from contacts.models import ContactChange
    from enrichment.models import Run

    work(held, 0, 1)
    run = Run.objects.latest("pk")
    change = {"contact_id": held.pk, "before": {"status": "completed"},
              "after": {"status": "pending"}}  # fmt: skip
    ContactChange.objects.create(by=f"run:{run.pk}", **change)
    ContactChange.objects.create(by="run:999999", **change)

    html = fetch(admin_client, address("tab", held, "history"))

    link = f'<a href="/admin/enrichment/run/{run.pk}/change/">{escape(str(run))}</a>'
    assert f"{link}</strong> opened it again" in html
    assert "Run 999999, which is gone" in html

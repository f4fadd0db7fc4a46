"""The list of contacts: filters in its address, what is typed for them, columns, pages, access."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Company, Contact, ListColumns, Tag
from tests.dashboards.people import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:contacts_contact_changelist")


def make(number: int = 100, **values: object) -> Contact:
    phone = f"+1415555{number:04d}"
    return Contact.objects.create(phone_raw=phone, phone_e164=phone, **values)


def shown(response) -> list[Contact]:
    assert response.status_code == 200
    return [contact for contact, _ in response.context["rows"]]


def notices(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_address_narrows_the_list_and_says_so_in_words(admin_client):
    wanted = make(line_type="mobile", full_name="Ann")
    make(101, full_name="Bo")

    response = admin_client.get(LIST, {"line_type": "mobile"})

    assert shown(response) == [wanted]
    assert [chip.words for chip in response.context["chips"]] == ["line type mobile"]
    assert [chip.without for chip in response.context["chips"]] == [""]


@pytest.mark.parametrize(
    "query",
    [{"status": "purple"}, {"company": "x"}, {"status__exact": "failed"}, {"ids": "1,,"}],
)
def test_broken_filter_is_left_out_with_a_notice(admin_client, query):
    contact = make()

    response = admin_client.get(LIST, query)

    assert shown(response) == [contact]
    assert len(notices(response)) == 1


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 40])
def test_broken_page_is_some_page(admin_client, number):
    make()

    response = admin_client.get(LIST, {"p": number})

    assert response.status_code == 200 and notices(response) == []


def test_second_page_goes_on_where_the_first_ends(admin_client):
    pks = [make(number).pk for number in range(60)]

    first, second = (admin_client.get(LIST, {"p": number}) for number in (1, 2))

    assert [contact.pk for contact in shown(first)] == pks[:9:-1]
    assert [contact.pk for contact in shown(second)] == pks[9::-1]
    assert (first.context["after"], second.context["after"]) == ("p=2", "")


@pytest.mark.parametrize("typed", ["acme", "Acme #{pk}", "CME, IN"])
def test_company_that_is_typed_stands_by_number_in_the_address(admin_client, typed):
    company = Company.objects.create(name="Acme, Inc.")
    Company.objects.create(name="Other")

    response = admin_client.get(
        LIST, {"company_named": typed.format(pk=company.pk), "status": "", "q": "a b"}
    )

    assert response["Location"] == f"{LIST}?q=a+b&company={company.pk}"


def test_what_is_typed_and_nowhere_is_left_out_with_a_notice(admin_client):
    response = admin_client.get(LIST, {"tag_named": "nowhere"}, follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert notices(response) == ["Tag: nothing is called “nowhere”. Pick one listed."]


def test_suggestions_are_names_that_fit(admin_client):
    Tag.objects.create(name="fair <b>")
    Tag.objects.create(name="other")
    make(carrier_name="T-Mobile")
    make(101, carrier_name="T-Mobile")

    tags = admin_client.get(
        reverse("admin:contacts_contact_suggest", args=["tag"]), {"tag": "FAIR"}
    )
    carriers = admin_client.get(
        reverse("admin:contacts_contact_suggest", args=["carrier"]), {"carrier_named": "t-m"}
    )

    assert tags.content.decode().strip() == '<option value="fair &lt;b&gt;"></option>'
    assert carriers.content.decode().strip() == '<option value="T-Mobile"></option>'


@pytest.mark.parametrize(("name", "status"), [("company", 403), ("tag", 200), ("status", 404)])
def test_suggestions_ask_for_the_permission_of_what_they_name(name, status):
    viewer = signed_in("contacts.view_contact")

    response = viewer.get(reverse("admin:contacts_contact_suggest", args=[name]))

    assert response.status_code == status


def test_columns_are_remembered_for_the_person_alone(admin_client):
    make(city="Oslo", full_name="Ann")
    viewer = signed_in("contacts.view_contact")
    address = reverse("admin:contacts_contact_columns")

    back = admin_client.post(address, {"column": ["city", "evil"], "back": "status=pending"})

    assert back["Location"] == f"{LIST}?status=pending"
    assert [one.label for one in admin_client.get(LIST).context["shown"]] == ["City"]
    assert len(viewer.get(LIST).context["shown"]) == 7
    admin_client.post(address, {"usual": "1", "column": ["city"]})
    assert not ListColumns.objects.exists()


def test_every_column_has_a_cell_of_every_contact(admin_client):
    from contacts.admin.contacts.columns import COLUMNS

    company = Company.objects.create(name="Acme", domain="acme.test")
    make(company=company, cost_usd="0.0120", phone_is_valid=True, consent_on="2026-01-02")
    make(101)
    admin_client.post(reverse("admin:contacts_contact_columns"), {"column": list(COLUMNS)})

    html = admin_client.get(LIST).content.decode()

    assert "$0.012" in html and "2 Jan 2026" in html and "acme.test" in html


def test_list_costs_the_same_at_ten_and_at_sixty_rows_with_all_columns(admin_client):
    from contacts.admin.contacts.columns import COLUMNS

    admin_client.post(reverse("admin:contacts_contact_columns"), {"column": list(COLUMNS)})
    tag = Tag.objects.create(name="fair")
    query = {"q": "555", "status": "pending", "tag": tag.pk}
    counts = []
    for numbers in (range(10), range(10, 60)):
        for number in numbers:
            make(number).taggings.create(tag=tag)
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(LIST, query)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 12


def test_count_is_told_apart_from_the_page(admin_client):
    make()
    make(101, line_type="mobile")

    address = reverse("admin:contacts_contact_count")

    assert admin_client.get(address).content.decode().split() == ["2", "contacts"]
    one = admin_client.get(address, {"line_type": "mobile", "q": "555"})
    assert one.content.decode().split() == ["1", "contact"]


def test_empty_list_says_what_comes_first(admin_client):
    assert "import the first ones" in admin_client.get(LIST).content.decode()
    assert "No contact is like that" in admin_client.get(LIST, {"q": "x"}).content.decode()


@pytest.mark.parametrize("name", ["changelist", "count"])
def test_nobody_without_permission_sees_any_of_it(name):
    client = signed_in("contacts.view_company")

    assert client.get(reverse(f"admin:contacts_contact_{name}")).status_code == 403


def test_viewer_has_no_actions():
    make()
    response = signed_in("contacts.view_contact").get(LIST)

    assert shown(response) and response.context["actions"] == []
    assert "data-tick-all" not in response.content.decode()

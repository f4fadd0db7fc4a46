"""The inbox and the page of a referral, as people use them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Company, Contact
from crm_sync.models import Referral, Sync
from crm_sync.referrals.storing import store
from tests.crm_sync.referrals.house import body, customer
from tests.dashboards.costs import used_now

pytestmark = pytest.mark.django_db
INBOX = "admin:crm_sync_referral_changelist"
DETAILS = {"notes": "We move our mail.", "dealValue": 5000, "currency": "USD"}


@pytest.fixture
def browser(client):
    client.force_login(User.objects.create_superuser("bo"))
    return client


def page_of(row, name="change"):
    return reverse(f"admin:crm_sync_referral_{name}", args=[row.pk])


def referral(connection, id_="r-1", **told):
    store(connection.pk, [body(id_, **{"details": DETAILS, "customerProfile": customer(), **told})])
    return Referral.objects.get(remote_id=id_)


def shown(browser, **asked):
    answer = browser.get(reverse(INBOX), asked)
    assert answer.status_code == 200
    return [row.remote_id for row in answer.context["cl"].result_list]


def ends(days):
    return {"expirationDateTime": (timezone.now() + timedelta(days=days)).isoformat()}


def test_inbox_filters_by_each_of_its_states(browser, connection):
    Company.objects.create(domain="birch.test")
    referral(connection, "new", type="Shared", **ends(2))
    referral(connection, "late", customerProfile=customer("a@oak.test"), **ends(-1))
    referral(connection, "open", status="Active", substatus="Accepted", **ends(5))

    assert shown(browser) == ["open", "late", "new"]
    assert shown(browser, link_state__exact="none") == ["late"]
    assert shown(browser, kind__exact="co_sell") == ["new"]
    assert shown(browser, status="Active") == ["open"]
    assert shown(browser, deadline="3") == ["new"]
    assert shown(browser, deadline="over") == ["late"]
    assert shown(browser, connection=str(connection.pk)) == ["open", "late", "new"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("Bir", ["r-1"]), ("the BIRCH works inc", ["r-1"]), ("birch.te", ["r-1"]), ("r-1", ["r-1"]),
     ("oak", []), ("%", []), ("_", []), ("%birch", ["r-1"]), ("\x00", ["r-1"])],
)  # fmt: skip
def test_inbox_is_searched_by_beginnings(browser, connection, typed, found):
    referral(connection)

    assert shown(browser, q=typed) == found


def test_ar_63_inbox_costs_the_same_for_a_few_and_for_many(browser, connection):
    def cost():
        with CaptureQueriesContext(database) as queries:
            shown(browser)
        return len(queries)

    Company.objects.create(domain="birch.test")
    store(connection.pk, [body(f"a-{n}", customerProfile=customer()) for n in range(10)])
    used_now(browser)
    cost()
    few = cost()
    store(connection.pk, [body(f"b-{n}", customerProfile=customer()) for n in range(90)])

    assert cost() == few <= 12


def test_page_tells_all_and_shows_what_was_said_only_masked(browser, connection):
    row = referral(connection, team=[{"firstName": "Jo", "lastName": "Doe", "email": "j@ms.test"}],
                   consent={"consentToContact": False})  # fmt: skip

    with CaptureQueriesContext(database) as queries:
        html = browser.get(page_of(row)).content.decode()

    assert len(queries) <= 12
    for told in (
        "Birch Works",
        "birch.test",
        "5,000.00 USD",
        "We move our mail.",
        "Jo Doe",
        "+14155550100",
        "does not agree to be contacted",
        "Seen for the first time",
    ):
        assert told in html, told  # fmt: skip
    raw = html.split("<pre>")[1].split("</pre>")[0]
    assert "ann@birch.test" not in raw
    assert "4155550100" not in raw
    assert "birch.test" in raw


def test_empty_inbox_says_what_comes_first(browser):
    assert "No referral has come in yet" in browser.get(reverse(INBOX)).content.decode()


def test_company_is_linked_by_its_domain_or_name(browser, connection):
    oak = Company.objects.create(domain="oak.test", name="Oak Inc", name_key="oak")
    row = referral(connection)

    for typed in ("oak.test", "https://www.oak.test/", "the Oak, inc."):
        Referral.objects.update(link_state="none", company=None)
        browser.post(page_of(row, "link"), {"company": typed})
        row.refresh_from_db()
        assert (row.link_state, row.company) == ("manual", oak), typed


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Type the domain or the name"), ("nobody.test", "There is no company of this name"),
     ("Twin", "Several companies have this name"), ("x" * 300, "at most 255 characters")],
)  # fmt: skip
def test_company_that_is_none_is_told_at_its_field_and_stays_typed(
    browser, connection, typed, words
):
    for domain in ("a.test", "b.test"):
        Company.objects.create(domain=domain, name="Twin", name_key="twin")
    row = referral(connection)

    html = browser.post(page_of(row, "link"), {"company": typed}).content.decode()

    assert words in html
    assert f'value="{typed}"' in html or not typed
    row.refresh_from_db()
    assert row.link_state == "none"


def test_one_of_several_is_chosen_and_no_other_can_be(browser, connection):
    birch = Company.objects.create(domain="birch.test", name="Birch")
    Company.objects.create(domain="oak.test", name="Oak")
    other = Company.objects.create(domain="other.test")
    team = {"team": [{"email": "a@birch.test"}, {"email": "b@oak.test"}]}
    row = referral(connection, customerProfile=team)

    assert "Which one is it?" in browser.get(page_of(row)).content.decode()
    for chosen in (other.pk, "9" * 5_000, "²"):
        browser.post(page_of(row, "link"), {"chosen": chosen})
    row.refresh_from_db()
    assert row.link_state == "several"
    browser.post(page_of(row, "link"), {"chosen": birch.pk})

    row.refresh_from_db()
    assert (row.link_state, row.company) == ("manual", birch)


def test_xr_55_lead_is_made_once_however_often_the_button_is_pressed(browser, connection):
    row = referral(connection)

    for _ in range(3):
        browser.post(page_of(row, "lead"), {"notes": "Call"})

    row.refresh_from_db()
    assert (Company.objects.count(), Contact.objects.count()) == (1, 1)
    assert row.contact.notes.get().text == "Call\n\nWe move our mail."
    html = browser.get(page_of(row)).content.decode()
    assert "Make a lead</h2>" not in html
    assert "Made a lead: Birch Works, Ann Birch" in html


def test_answer_asks_first_and_is_kept_for_the_next_sync(browser, connection):
    row = referral(connection, **ends(5))

    html = browser.get(page_of(row, "decline")).content.decode()
    assert "Decline this referral?" in html
    assert Sync.objects.count() == 0
    browser.post(page_of(row, "decline"), {"sure": "yes", "reason": "too far"})

    row.refresh_from_db()
    assert (row.answer, row.answer_reason, row.answer_by.username) == ("decline", "too far", "bo")
    assert Sync.objects.get().state == "waiting"
    html = browser.get(page_of(row)).content.decode()
    assert "Decline is on its way" in html
    assert "Accept …" not in html


def test_what_is_settled_offers_no_answer(browser, connection):
    row = referral(connection, status="Closed", substatus="Won")

    assert "Accept …" not in browser.get(page_of(row)).content.decode()
    browser.post(page_of(row, "accept"), {"sure": "yes"})

    row.refresh_from_db()
    assert row.answer == ""
    assert Sync.objects.count() == 0


def test_hostile_words_stay_words(browser, connection):
    evil = "<script>alert(1)</script>"
    row = referral(connection, name=evil, customerProfile=customer(name=evil), statusReason=evil,
                   details={"notes": evil}, team=[{"firstName": evil, "email": evil}])  # fmt: skip

    assert evil not in browser.get(page_of(row)).content.decode()
    assert evil not in browser.get(reverse(INBOX)).content.decode()


def test_viewer_sees_and_does_nothing(client, person, connection):
    row = referral(connection)
    person("view_referral", name="vi")

    html = client.get(page_of(row)).content.decode()
    assert "Link by hand" not in html
    for act in ("link", "unlink", "lead", "accept", "decline"):
        assert client.post(page_of(row, act), {"sure": "yes"}).status_code == 403
    assert Company.objects.count() == 0

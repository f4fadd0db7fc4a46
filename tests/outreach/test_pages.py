"""Outreach in the back office: what is typed, what is shown, and what an empty list says."""

import pytest

from outreach.models import Campaign, Consent
from tests.outreach import lab

pytestmark = pytest.mark.django_db
HOME = "/admin/outreach/"
CONSENT = {"channel": "all", "source": "a form", "given_on": "2026-01-05", "proof": ""}


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("campaign", "No campaign yet"), ("message", "No message yet"),
        ("template", "No template yet"), ("consent", "Nobody&#x27;s consent is noted yet"),
    ],
)  # fmt: skip
def test_an_empty_list_says_what_comes_first(admin_client, listed, said):
    assert f"<h2>{said}</h2>" in admin_client.get(f"{HOME}{listed}/").content.decode()


def test_a_consents_number_is_read_as_people_write_it(admin_client):
    answer = admin_client.post(f"{HOME}consent/add/", {**CONSENT, "phone": "(212) 555-0100"})

    assert answer.status_code == 302
    assert Consent.objects.get().phone == "+12125550100"


def test_a_consent_for_no_number_says_so_beside_it(admin_client):
    page = admin_client.post(f"{HOME}consent/add/", {**CONSENT, "phone": "nobody"})

    assert "That is no phone number" in page.content.decode()
    assert not Consent.objects.exists()


def test_a_campaigns_form_says_whom_it_goes_to(admin_client):
    lab.contact()

    page = admin_client.get(f"{HOME}campaign/add/?status=pending").content.decode()

    assert "<strong>Goes to pending:</strong>" in page
    assert "1 contact</a>." in page


def test_no_campaign_is_made_where_a_filter_means_nothing(admin_client):
    """Left out, the filter would have it go to everybody."""
    words = lab.template()
    given = {"name": "Autumn", "template": words.pk}

    asked = admin_client.get(f"{HOME}campaign/add/?status=purple")
    sent = admin_client.post(f"{HOME}campaign/add/?status=purple", given)

    assert (asked["Location"], sent["Location"]) == (f"{HOME}campaign/", f"{HOME}campaign/")
    assert not Campaign.objects.exists()


def test_a_message_shows_what_there_is_of_it_and_no_price_unless_paid(admin_client, sandbox):
    lab.contact(consent_on=None)
    message = lab.estimated().messages.get()

    page = admin_client.get(f"{HOME}message/{message.pk}/change/").content.decode()

    assert "nobody agreed to be contacted under this number" in page
    assert "Twilio&#x27;s SID" not in page
    assert "$0.01" not in page

"""Campaigns: estimated by reason, approved within bounds, stopped, shown to who may see them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contacts import suppression
from contacts.models import Contact
from outreach import figures
from outreach.campaigns import service
from outreach.models import Campaign, Message
from tests.outreach import lab


@pytest.fixture
def office(db, sandbox):
    """A sandbox and accounts."""
    from integrations.services import ensure_accounts

    ensure_accounts()


def test_estimate_tells_who_gets_it_and_why_not(office):
    one, two, three, four, five = lab.numbers(5)
    lab.contact(one)
    lab.contact(one, first_name="Bo")
    lab.contact(two, consent_on=None)
    lab.contact(three, line_type="landline")
    lab.contact(four, first_name="")
    lab.contact(five)
    suppression.suppress([five], suppression.Reason.STOP)

    campaign = lab.estimated()

    assert campaign.state == Campaign.State.READY
    assert {r.code: r.count for r in figures.refusals(campaign)} == {
        "same_number": 1, "consent": 1, "line_type": 1, "empty_place": 1, "do_not_contact": 1,
    }  # fmt: skip
    assert [campaign.estimate[name] for name in ("contacts", "go", "segments")] == [6, 1, 1]
    assert Decimal(campaign.estimate["max_usd"]) == Decimal("0.012")
    assert not Message.objects.exclude(sid="").exists()


def test_estimate_made_again_follows_the_contacts_and_the_words(office):
    contact = lab.contact()
    words = lab.template()
    campaign = lab.estimated(words)
    Contact.objects.filter(pk=contact.pk).update(first_name="Bo")
    words.body, words.version = "Dear {{ first_name }}", 2
    words.save()

    service.estimate(campaign, waits=True)

    message = Message.objects.get()
    assert (message.body, message.template_version) == ("Dear Bo", 2)


def test_approves_only_the_estimate_that_was_seen(office):
    lab.contact()
    campaign = lab.estimated()

    with pytest.raises(service.CampaignRefused, match="made again"):
        service.approve(campaign, seen="2026-01-01T00:00:00+00:00")

    assert campaign.state == Campaign.State.READY
    service.approve(campaign, seen=campaign.estimate["made_at"])
    with pytest.raises(service.CampaignRefused, match="does not fit"):
        service.approve(campaign)


def test_a_campaign_for_nobody_is_not_approved(office):
    lab.contact(consent_on=None)
    campaign = lab.estimated()

    with pytest.raises(service.CampaignRefused, match="Nobody"):
        service.approve(campaign)


def test_stopping_cancels_what_waits_for_good(office):
    lab.contact()
    campaign = lab.approved()

    service.stop(campaign)

    assert lab.states(campaign) == {"cancelled": 1}
    with pytest.raises(service.CampaignRefused):
        service.resume(campaign)


def test_no_statement_takes_a_message_out_of_its_way(office):
    lab.contact()
    lab.approved()

    with pytest.raises(IntegrityError, match="cannot go"), transaction.atomic():
        Message.objects.update(state="unknown")
    assert Message.objects.get().state == "waiting"


def test_no_number_gets_two_messages_of_a_campaign(office):
    lab.contact()
    campaign = lab.approved()

    with pytest.raises(IntegrityError, match="message_one_to_a_number"), transaction.atomic():
        Message.objects.create(campaign=campaign, phone=lab.PHONE, body="Again")


def test_operator_drafts_and_manager_approves(office, person, client):
    lab.contact()
    words = lab.template()
    person("add_campaign", "view_campaign")
    given = {"name": "Autumn", "template": words.pk, "sender": ""}

    made = client.post("/admin/outreach/campaign/add/", given)
    campaign = Campaign.objects.get()
    refused = client.post(f"/admin/outreach/campaign/{campaign.pk}/approve/")
    person("approve_campaign", "view_campaign", name="cy")
    client.post(f"/admin/outreach/campaign/{campaign.pk}/approve/", {"cap_usd": "1"})

    campaign.refresh_from_db()
    assert (made.status_code, refused.status_code) == (302, 403)
    assert (campaign.state, campaign.cap_usd) == ("working", 1)
    assert campaign.approved_by.username == "cy"


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("address", ["campaign/", "campaign/{pk}/change/", "message/", "template/"])
def test_pages_take_few_queries(office, person, client, address, count):
    for number in lab.numbers(count):
        lab.contact(number)
    campaign = lab.approved()
    person("view_campaign", "view_message", "view_template")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get("/admin/outreach/" + address.format(pk=campaign.pk))

    assert page.status_code == 200
    assert len(queries) <= 12


def test_results_are_counted_from_the_rows(office):
    for number in lab.numbers(4):
        lab.contact(number)
    campaign = lab.approved()
    rows = list(Message.objects.order_by("pk"))
    for row, status in zip(rows, ("delivered", "undelivered", "sent"), strict=False):
        Message.objects.filter(pk=row.pk).update(
            state="sent", remote_status=status, sent_at=datetime.now(UTC),
            error_code="30003" if status == "undelivered" else "",
        )  # fmt: skip
    Message.objects.create(
        direction="in", state="received", campaign=campaign, phone=rows[0].phone, meaning="stop"
    )

    found = figures.results(campaign)

    assert (found.total, found.open, found.sent, found.delivered, found.failed) == (4, 1, 3, 1, 1)
    assert (found.replied, found.opted_out) == (1, 1)
    assert [r.words for r in figures.failures(campaign)] == ["the phone could not be reached"]


def test_consents_of_another_day_or_channel_do_not_count(office):
    from outreach.models import Consent

    contact = lab.contact(consent_on=None)
    Consent.objects.create(
        phone=contact.phone_e164, channel="voice", source="form", given_on=date(2026, 1, 1)
    )

    campaign = lab.estimated()

    assert [r.code for r in figures.refusals(campaign)] == ["consent"]

"""What a worker sends, and what it does not."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from contacts import leases, suppression
from contacts.models import Contact
from integrations import ledger
from integrations.accounts import Accounts
from integrations.models import Account, ApiCall, Budget, Reservation
from outreach import looking, replies, singles, statuses, sweeping, voicemail
from outreach.campaigns import service
from outreach.models import Campaign, Message, Rules
from outreach.sending import claiming, reserving
from tests.outreach import lab

MACHINE = "+15005550189"


def created(sandbox):
    """How often the sandbox was made to create a message, by number."""
    return lab.told(sandbox)["messages"]["to"]


def test_sends_a_campaign_to_everybody_once(runtime, sandbox):
    for number in lab.numbers(5):
        lab.contact(number)
    campaign = lab.approved()

    runtime.work(10)
    service.end_finished()

    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.DONE
    assert lab.states(campaign) == {"sent": 5}
    assert sorted(Message.objects.values_list("phone", flat=True)) == lab.numbers(5)
    assert Message.objects.exclude(sid="").count() == 5
    assert Budget.objects.get(key=campaign.budget_key).spent_usd == Decimal("0.06")
    assert ApiCall.objects.filter(lookup="sms_near", outcome="answered").count() == 5
    assert not Reservation.objects.exists()


def test_keeps_why_each_message_was_allowed(runtime):
    lab.contact()
    lab.approved()

    runtime.work(10)

    message = Message.objects.get()
    assert [(one["asked"], one["verdict"]) for one in message.evidence] == [
        ("draft", "yes"), ("sending", "yes"),
    ]  # fmt: skip
    consent = next(c for c in message.evidence[1]["checks"] if c["name"] == "consent")
    assert consent["source"] == "import"
    assert consent["given_on"] == "2026-01-05"


def test_sends_nothing_to_who_said_stop_after_the_estimate(runtime, sandbox):
    first, second = lab.numbers(2)
    lab.contact(first)
    lab.contact(second)
    campaign = lab.approved()
    suppression.suppress([first], suppression.Reason.OWN)

    runtime.work(10)

    assert lab.states(campaign) == {"refused": 1, "sent": 1}
    refused = Message.objects.get(state="refused")
    assert (refused.phone, refused.reason) == (first, "do_not_contact")


def test_stops_at_the_cap_and_goes_on_when_it_is_raised(runtime):
    for number in lab.numbers(4):
        lab.contact(number)
    campaign = lab.estimated()
    service.approve(campaign, cap_usd=Decimal("0.03"))

    runtime.work(10)
    campaign.refresh_from_db()
    blocked = (campaign.state, campaign.blocked_by, lab.states(campaign))
    service.set_cap(campaign, Decimal("1"))
    Message.objects.filter(state="waiting").update(due_at=datetime.now(UTC))
    runtime.work(10)

    assert blocked == ("paused", campaign.budget_key, {"sent": 2, "waiting": 2})
    assert lab.states(campaign) == {"sent": 4}


def test_holds_the_hours_cap_of_everybody(runtime):
    Rules.objects.create(pk=1, sms_per_hour=3)
    for number in lab.numbers(5):
        lab.contact(number)
    campaign = lab.approved()

    runtime.work(10)

    assert lab.states(campaign) == {"sent": 3, "waiting": 2}
    waiting = Message.objects.filter(state="waiting").first()
    assert waiting.reason == "office_hour"
    assert waiting.due_at > datetime.now(UTC) + timedelta(minutes=58)


def test_a_paused_campaign_sends_nothing(runtime):
    lab.contact()
    campaign = lab.approved()
    service.pause(campaign)

    runtime.work(5)

    assert lab.states(campaign) == {"waiting": 1}
    service.resume(campaign)
    runtime.work(5)
    assert lab.states(campaign) == {"sent": 1}


def test_what_an_answer_was_lost_of_is_found_and_not_sent_again(runtime, sandbox, settings):
    settings.OUTREACH_UNKNOWN_S = settings.OUTREACH_MISSING_S = 0
    for number in lab.numbers(3):
        lab.contact(number)
    campaign = lab.approved()
    sandbox.set(rate_dropped=1.0)
    runtime.work(10)
    lost = lab.states(campaign)
    sandbox.set(rate_dropped=0.0)

    looking.work(runtime, 10)
    runtime.work(5)

    assert lost == {"unknown": 3}
    assert set(ApiCall.objects.filter(lookup="sms_near").values_list("outcome")) == {("answered",)}
    assert lab.states(campaign) == {"sent": 3}
    assert Message.objects.exclude(sid="").count() == 3
    assert set(created(sandbox).values()) == {1}


def test_what_never_reached_twilio_goes_again_only_when_its_list_lacks_it(runtime, settings):
    settings.OUTREACH_UNKNOWN_S = settings.OUTREACH_MISSING_S = 0
    lab.contact()
    campaign = lab.approved()
    now = datetime.now(UTC)
    for before, after in (("waiting", "claimed"), ("claimed", "sending"), ("sending", "unknown")):
        Message.objects.filter(state=before).update(
            state=after, reserved_at=now, look_at=now, worker_id="0" * 32
        )

    looking.work(runtime, 10)

    assert lab.states(campaign) == {"waiting": 1}
    runtime.work(5)
    assert lab.states(campaign) == {"sent": 1}


def test_what_a_lost_worker_never_sent_costs_nothing_and_its_campaign_goes_on(runtime, settings):
    """The ceiling of a campaign without a cap leaves no room for messages that were never sent."""
    settings.OUTREACH_UNKNOWN_S = settings.OUTREACH_MISSING_S = 0
    lab.contact()
    campaign = lab.approved()
    accounts = Accounts()
    accounts.refresh()
    worker = leases.register()
    (parcel,) = claiming.claim(worker, 1, campaign.pk)
    with transaction.atomic():
        reserving.reserve({parcel: reserving.promised(accounts, parcel)}, worker)
    with transaction.atomic():
        ledger.abandon([worker])
        sweeping.give_back([worker])
    Campaign.objects.update(state="paused", blocked_by=campaign.budget_key)

    sweeping.sweep()
    assert Campaign.objects.get().state == "paused"
    looking.work(runtime, 10)
    sweeping.sweep()
    runtime.work(5)

    assert lab.states(campaign) == {"sent": 1}
    lost, sent = ApiCall.objects.filter(lookup="sms_near").order_by("price_usd")
    assert (lost.outcome, lost.price_usd, sent.outcome) == ("failed", 0, "answered")
    assert ledger.left_of(campaign.budget_key) == 0
    assert Message.objects.get().promise is None


def test_a_lost_workers_messages_are_unknown_not_waiting(runtime):
    lab.contact()
    campaign = lab.approved()
    gone = leases.register()
    Message.objects.update(state="claimed", worker_id=gone)
    Message.objects.update(state="sending", reserved_at=datetime.now(UTC))

    sweeping.give_back([gone])

    assert lab.states(campaign) == {"unknown": 1}


def test_a_number_that_opted_out_at_twilio_is_suppressed(runtime, sandbox):
    contact = lab.contact("+15005550004")
    campaign = lab.approved()

    runtime.work(10)

    assert contact.pk
    message = Message.objects.get()
    assert (message.state, message.error_code) == ("refused", "21610")
    assert suppression.standing([message.phone])[message.phone][0].reason == "stop"
    assert lab.states(campaign) == {"refused": 1}


def test_a_stop_cancels_what_waits(runtime):
    lab.contact()
    campaign = lab.approved()
    said = {"From": lab.PHONE, "To": "+15005550006", "MessageSid": "SM" + "1" * 32, "Body": "Stop"}

    for _ in range(3):
        replies.reply_arrived(said, at=datetime.now(UTC))
    runtime.work(5)

    assert lab.states(campaign) == {"cancelled": 1}
    reply = Message.objects.get(direction="in")
    assert (reply.meaning, reply.body, reply.phone) == ("stop", "Stop", lab.PHONE)


def test_help_is_answered_where_the_office_says_how(runtime, sandbox):
    Rules.objects.create(pk=1, help_text="Write to help@example.test.")
    lab.contact()
    said = {"From": lab.PHONE, "To": "+15005550006", "MessageSid": "SM" + "2" * 32, "Body": "HELP"}

    for _ in range(3):
        replies.reply_arrived(said, at=datetime.now(UTC))
    runtime.work(5)

    answer = Message.objects.get(is_reply=True)
    assert (answer.state, answer.body) == ("sent", "Write to help@example.test.")


def test_one_message_goes_through_the_same_gate(runtime):
    contact = lab.contact(consent_on=None)

    with pytest.raises(singles.MessageRefused, match="nobody agreed"):
        singles.send(contact, singles.written("Hello"))

    runtime.work(5)
    assert Message.objects.get().state == "refused"


def test_a_deleted_contact_gets_nothing(runtime):
    contact = lab.contact()
    campaign = lab.approved()
    Contact.objects.filter(pk=contact.pk).delete()

    runtime.work(5)

    assert lab.states(campaign) == {"refused": 1}


def test_a_refused_account_pauses_the_campaign(runtime):
    lab.contact()
    campaign = lab.approved()
    Account.objects.filter(provider="twilio_messaging").update(is_enabled=False)

    runtime.work(5)

    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.PAUSED
    assert lab.states(campaign) == {"waiting": 1}


def test_twilio_tells_what_became_of_it_when_no_callback_came(runtime, sandbox, settings):
    settings.OUTREACH_POLL_S = 0
    lab.contact()
    lab.approved()
    runtime.work(5)
    time.sleep(0.5)
    looking.work(runtime, 5)

    message = Message.objects.get()
    assert (message.remote_status, message.look_at) == ("delivered", None)


def test_a_callback_may_come_before_the_answer_is_written(transactional_db, runtime):
    lab.contact()
    lab.approved()
    Message.objects.update(state="claimed", worker_id="0" * 32)
    Message.objects.update(state="sending")
    message = Message.objects.get()

    said = {"MessageSid": "SM" + "3" * 32, "MessageStatus": "delivered", "_m": str(message.pk)}
    outcome = statuses.status_arrived(said)

    message.refresh_from_db()
    assert outcome == "delivered"
    assert (message.state, message.sid) == ("sent", "SM" + "3" * 32)


def test_a_machine_hears_the_voicemail_once(runtime, sandbox, settings):
    settings.SITE_URL = "https://office.test"
    lab.contact(MACHINE)
    lab.approved(lab.template("Hello", channel="voice", voicemail="Please call us back."))
    sandbox.fresh(status_step_ms=500)
    runtime.work(5)
    message = Message.objects.get()
    time.sleep(1.2)  # until it is answered

    said = {"CallSid": message.sid, "AnsweredBy": "machine_end_beep"}
    came = [statuses.machine_arrived(said), statuses.machine_arrived(said)]
    dropped = voicemail.drop(runtime, message.pk)

    assert came == ["noted", "known already"]
    assert dropped == "left a voicemail" == Message.objects.get().words
    lookups = ApiCall.objects.values_list("lookup", "outcome", "price_usd")
    assert set(lookups) == {
        ("call_near+machine_detection", "answered", Decimal("0.035500")),
        ("say_instead", "answered", Decimal(0)),
    }

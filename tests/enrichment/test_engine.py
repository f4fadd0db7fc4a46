"""Runs worked to their end by the real engine, over HTTP, against the sandbox."""

from decimal import Decimal

from contacts.models import Contact, ContactChange, Worker
from enrichment.models import Answer, Recipe, Run
from integrations.models import Account, ApiCall, Reservation
from tests.enrichment.conftest import approved, contact, numbers, switch, worked

INVALID = "+12025550"  # too short for the United States
UNUSED = {"mobile_country_code", "mobile_network_code"}


def phone_recipe():
    return Recipe.objects.get(slug="phone")


def lookups(run):
    return {row.lookup.partition(".")[2]: row for row in run.lookups.all()}


def test_a_contact_gets_its_phone_facts(runtime, sandbox):
    one = contact()

    run = worked(runtime, approved(phone_recipe()))

    one.refresh_from_db()
    assert (run.state, run.done_count, run.failed_count) == (Run.State.DONE, 1, 0)
    assert one.status == Contact.Status.COMPLETED
    assert one.phone_is_valid is True
    assert one.phone_country == "US"
    assert one.line_type
    assert one.carrier_name
    assert one.sms_pumping_risk_level in {"low", "medium", "high"}
    assert one.provenance["line_type"]["by"] == "twilio.line_type"
    assert one.cost_usd == run.spent_usd == Decimal("0.043")


def test_what_was_asked_and_what_not_is_on_the_item(runtime):
    contact()

    run = worked(runtime, approved(phone_recipe()))

    trace = run.items.get().trace
    assert trace["twilio.line_type"]["o"] == "hit"
    assert trace["twilio.line_type"]["usd"] == "0.008"
    assert trace["twilio.sim_swap"] == {"o": "skipped", "why": "switched off in the account"}
    assert str(Answer.objects.get(lookup="twilio.line_type").pk) == trace["twilio.line_type"]["a"]


def test_every_package_of_a_number_goes_out_in_one_request(runtime, sandbox):
    contact()

    worked(runtime, approved(phone_recipe()))

    call = ApiCall.objects.get()
    assert sandbox.count()["calls"] == 1
    assert call.lookup == "validation+line_type+caller_name+sms_pumping_risk"
    assert (call.outcome, call.http_status, call.tries) == ("answered", 200, 1)
    assert "4155550100" not in call.exchange


def test_fresh_answers_cost_nothing(runtime, sandbox):
    contact()
    worked(runtime, approved(phone_recipe()))
    sandbox.fresh()

    again = worked(runtime, approved(phone_recipe()))

    assert (again.state, again.spent_usd) == (Run.State.DONE, 0)
    assert sandbox.count()["calls"] == 0
    assert lookups(again)["line_type"].reused == 1


def test_a_shared_number_is_looked_up_once(runtime, sandbox):
    contact(full_name="Ann Lee")
    contact(full_name="Bob Ray")

    run = worked(runtime, approved(phone_recipe()))

    assert sandbox.count()["calls"] == 1
    assert run.spent_usd == Decimal("0.043")
    assert Contact.objects.exclude(line_type="").count() == 2
    assert (lookups(run)["line_type"].hits, lookups(run)["line_type"].reused) == (1, 1)


def test_an_invalid_number_is_never_sent(runtime, sandbox):
    one = contact(INVALID, phone_is_valid=False)

    run = worked(runtime, approved(phone_recipe()))

    one.refresh_from_db()
    assert sandbox.count()["calls"] == 0
    assert one.status == Contact.Status.COMPLETED
    assert "not valid" in run.items.get().trace["twilio.line_type"]["why"]


def test_add_ons_wait_for_a_valid_number(runtime, sandbox):
    switch("real_phone_validation")
    contact()
    contact("+15005550101")  # the sandbox calls it too short

    run = worked(runtime, approved(phone_recipe()))

    assert lookups(run)["real_phone_validation"].asked == 1
    assert lookups(run)["real_phone_validation"].skipped == 1


def test_a_human_edit_survives(runtime):
    edited = {"line_type": {"by": "person:ann", "at": "2026-01-01T00:00:00+00:00", "sure": 1.0}}
    one = contact(line_type="landline", provenance=edited)

    run = worked(runtime, approved(phone_recipe()))

    one.refresh_from_db()
    assert one.line_type == "landline"
    assert one.provenance["line_type"]["by"] == "person:ann"
    assert one.provenance["phone_country"]["by"] == "twilio.validation"
    assert run.items.get().trace["twilio.line_type"] == {"o": "skipped", "why": "already known"}


def test_a_completed_contact_is_reprocessed_by_a_new_run(runtime):
    one = contact()
    worked(runtime, approved(phone_recipe()))

    worked(runtime, approved(phone_recipe()))

    one.refresh_from_db()
    assert one.status == Contact.Status.COMPLETED
    assert one.reprocessed_at is not None
    (told,) = ContactChange.objects.filter(contact_id=one.pk, after__status="pending")
    assert told.by == f"run:{Run.objects.latest('pk').pk}"


def test_a_batch_asks_for_many_numbers_in_one_request(runtime, sandbox, line_type_recipe):
    Account.objects.update(options={"batch_size": 50})
    for number in numbers(100):
        contact(number)

    run = worked(runtime, approved(line_type_recipe))

    assert run.done_count == 100
    assert run.spent_usd == Decimal("0.80")
    assert ApiCall.objects.count() <= 10
    assert Reservation.objects.count() == 0


def test_a_worker_that_rests_is_not_lost_and_comes_back(runtime):
    runtime.work(1)
    rested = Worker.objects.get()
    contact()

    run = worked(runtime, approved(phone_recipe()))

    assert (rested.gone_at is None, rested.is_lost) == (False, False)
    assert run.state == "done"
    assert Worker.objects.get().pk == rested.pk

"""“Test this connection”: what is wrong is said exactly, acted on, and costs nothing."""

import logging

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from integrations import fleet
from integrations.models import Account, ApiCall, Budget, LookupDay, Reservation
from integrations.services import set_secrets, stop_account
from integrations.trials import run_trial
from tests.integrations.answering import answering, self_signed

SID, TOKEN = "AC" + "5" * 32, "7" * 32
KEY = "twilio:sandbox"

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return Account.objects.create(provider="twilio")


@pytest.fixture
def user():
    return User.objects.create_user("ada")


@pytest.fixture
def elsewhere(sandbox, settings, account, user):
    """Test against another server than the sandbox."""

    def run(url, **more):
        settings.SANDBOX_URL = url
        return run_trial(account, user, **more)

    return run


def of_ours():
    """The state of this account's circuit; other tests leave circuits of theirs in Redis."""
    return [state for state in fleet.states() if state.key == KEY]


def test_an_answer_is_said_with_its_time_and_leaves_one_free_call(sandbox, account, user):
    found = run_trial(account, user)

    assert (found.colour, found.title, found.docs) == ("success", "The sandbox answers", "")
    assert found.ms is not None and "it says nothing about a real secret" in found.extras[0]
    call = ApiCall.objects.get()
    assert (str(call.pk), call.outcome, call.lookup) == (
        found.call_id, "answered", "connection_test",
    )  # fmt: skip
    assert (call.price_usd, call.contact_id, call.http_status) == (0, None, 200)
    assert sandbox.count()["calls"] == 1
    left = (LookupDay, Budget, Reservation)
    assert [model.objects.count() for model in left] == [0, 0, 0]
    assert LogEntry.objects.get().change_message == "Connection tested: the sandbox answers"


@pytest.mark.parametrize(
    ("ending", "title", "code"),
    [
        ("0401", "The secret is refused", "20003"),
        ("0402", "Access is forbidden", "20005"),
        ("0403", "Access is forbidden", "20008"),
    ],
)
def test_a_refused_secret_stops_the_account_and_leads_to_the_vendor(
    sandbox, account, user, ending, title, code
):
    set_secrets(account, {"account_sid": f"AC{'5' * 28}{ending}", "auth_token": TOKEN})

    found = run_trial(account, user)

    account.refresh_from_db()
    assert (found.colour, found.title) == ("danger", title)
    assert found.docs == f"https://www.twilio.com/docs/api/errors/{code}"
    assert (account.state, account.state_reason) == (Account.State.REJECTED, found.said)
    assert f"error {code}" in found.said


def test_an_answer_lets_a_stopped_account_be_asked_again(sandbox, account, user):
    stop_account(account.pk, account.version, Account.State.REJECTED, "was suspended")
    account.refresh_from_db()

    found = run_trial(account, user)

    account.refresh_from_db()
    assert "it is asked again now" in found.extras[-1]
    assert (account.state, account.state_reason, account.state_since) == ("ok", "", None)


def test_without_a_secret_nothing_is_sent(sandbox, settings, account, user):
    settings.SANDBOX = False

    found = run_trial(account, user)

    assert found.title == "There is no usable secret"
    assert found.said == "Twilio Lookup: Account SID, Auth Token not set"
    assert (ApiCall.objects.count(), sandbox.count()["calls"]) == (0, 0)


def test_a_throttled_and_a_failing_provider_are_told_apart(sandbox, account, user):
    sandbox.set(rate_429=1.0)
    throttled = run_trial(account, user)
    sandbox.set(rate_429=0.0, rate_5xx=1.0)

    failing = run_trial(account, user)

    assert throttled.title == "The provider asks us to slow down"
    assert failing.title == "The provider is failing"
    assert sandbox.count()["calls"] == 2  # asked once each, not again and again
    assert Account.objects.get().state == Account.State.OK


def test_a_dropped_connection_is_said_and_counted_as_unknown(sandbox, account, user):
    sandbox.set(rate_dropped=1.0)

    found = run_trial(account, user)

    assert found.title == "The connection was cut"
    assert ApiCall.objects.get().outcome == "unknown"


def test_nobody_there(elsewhere):
    found = elsewhere("http://127.0.0.1:1")

    assert found.title == "The provider could not be reached"
    assert found.advice.startswith("127.0.0.1:1 refuses the connection")
    call = ApiCall.objects.get()
    assert (call.outcome, call.error_class, call.http_status) == ("failed", "Unreachable", None)


def test_a_certificate_that_nobody_vouches_for(elsewhere, tmp_path):
    with answering(b"{}", certificate=self_signed(tmp_path / "pair.pem")) as url:
        found = elsewhere(url)

    assert found.title == "The secure connection failed"
    assert "A proxy that opens TLS" in found.advice


def test_a_server_that_speaks_no_tls(elsewhere):
    with answering(b"{}") as url:
        found = elsewhere(url.replace("http", "https"))

    assert found.title == "The secure connection failed"


def test_an_answer_that_does_not_come_in_time(elsewhere):
    with answering(b'{"valid": true}', wait_s=5.0) as url:
        found = elsewhere(url, answer_s=1.0)

    assert found.title == "No answer in time"
    assert ApiCall.objects.get().outcome == "unknown"


@pytest.mark.parametrize("body", [b"<html>sign in</html>", b'{"hello": 1}', b"[]", b"null", b""])
def test_rubbish_is_a_broken_contract(elsewhere, body):
    with answering(body) as url:
        found = elsewhere(url)

    assert found.title == "The answer has a shape that we do not know"
    assert ApiCall.objects.get().error_class == "ContractBroken"


def test_a_test_passes_an_open_circuit_and_closes_it(sandbox, account, user):
    circuit = fleet.board().circuit(KEY, fail_max=1)
    with pytest.raises(OSError), circuit.calling():
        raise OSError

    found = run_trial(account, user)

    assert found.extras[-1] == "The circuit was open; it is closed now."
    assert [state.state for state in of_ours()] == ["closed"]


def test_a_failed_test_leaves_an_open_circuit_as_it_was(elsewhere):
    circuit = fleet.board().circuit(KEY, fail_max=1)
    with pytest.raises(OSError), circuit.calling():
        raise OSError
    before = of_ours()

    elsewhere("http://127.0.0.1:1")

    assert of_ours() == before


def test_a_circuit_opened_by_hand_is_respected(sandbox, account, user):
    fleet.open_by_hand(KEY, "they asked us to stop", "bo")

    found = run_trial(account, user)

    assert found.title == "The circuit was opened by hand"
    assert found.said == "bo opened it by hand: they asked us to stop"
    assert (sandbox.count()["calls"], of_ours()[0].state) == (0, "open")


def test_an_account_changed_meanwhile_is_left_alone(sandbox, account, user):
    set_secrets(account, {"account_sid": f"AC{'5' * 28}0401", "auth_token": TOKEN})
    stale = Account.objects.get()
    set_secrets(account, {"account_sid": SID})

    run_trial(stale, user)

    assert Account.objects.get().state == Account.State.OK


def test_secrets_are_in_no_log_no_ledger_and_no_history(sandbox, account, user, caplog):
    caplog.set_level(logging.DEBUG)
    set_secrets(account, {"account_sid": f"AC{'5' * 28}0401", "auth_token": TOKEN}, user)

    found = run_trial(account, user)

    written = [repr(found), caplog.text, *map(str, ApiCall.objects.values_list())]
    written += [entry.change_message for entry in LogEntry.objects.all()]
    assert not any(TOKEN in text or f"AC{'5' * 28}" in text for text in written)

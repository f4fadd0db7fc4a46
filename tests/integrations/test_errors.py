"""One table for all: what each kind of failure makes us do, and who has to act."""

from __future__ import annotations

import pytest

from integrations import errors
from integrations.classify import error_for
from tests.integrations.loopback import call_to

# Repeated? Counted by the circuit? Who acts?
POLICY = {
    "Refused": (False, False, "us"),
    "CircuitOpen": (False, False, "us"),
    "RateReached": (False, False, "us"),
    "OverBudget": (False, False, "operator"),
    "AccountUnusable": (False, False, "operator"),
    "OutcomeHeld": (False, False, "operator"),
    "NotFound": (False, False, "nobody"),
    "Pending": (False, False, "provider"),
    "Transient": (True, True, "provider"),
    "Unreachable": (True, True, "provider"),
    "ServerFailed": (True, True, "provider"),
    "OutcomeUnknown": (False, True, "provider"),
    "Throttled": (True, False, "us"),
    "Rejected": (False, False, "nobody"),
    "CredentialRejected": (False, False, "operator"),
    "QuotaExhausted": (False, False, "operator"),
    "NotEntitled": (False, False, "operator"),
    "SenderUnfit": (False, False, "operator"),
    "QuestionRejected": (False, False, "nobody"),
    "ContractBroken": (False, False, "us"),
}


def below(kind):
    """Every class below this one that errors.py defines."""
    own = [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return [found for one in own for found in (one, *below(one))]


def test_ar_41_ar_75_each_class_says_what_to_do():
    found = {one.__name__: (one.retries, one.trips, one.acts) for one in below(errors.CallError)}

    assert found == POLICY


def test_ar_41_all_of_them_stand_in_the_tree_that_is_drawn():
    assert [name for name in POLICY if f" {name} " not in errors.__doc__] == []


@pytest.mark.parametrize("status", [103, 302, 304])
def test_ar_75_what_nobody_knows_is_kept_not_repeated_and_ours(status):
    error = error_for(call_to("https://api.acme.test"), status, {}, {"what": "is this?"})

    assert type(error) is errors.ContractBroken
    assert (error.retries, error.trips, error.acts) == POLICY["ContractBroken"]

"""What is found before a sync: the key column, its alternate key, rights, and clocks."""

from __future__ import annotations

import pytest

from crm_sync.connector import CONTACT, LEAD


def found(dynamics, obj=CONTACT, options=None):
    return [(one.field, one.words) for one in dynamics.ask("check", obj, options=options)]


def test_a_column_that_is_missing_is_told_with_what_to_make(dynamics):
    dynamics.let(dropped=["new_switchboardid"])
    ((field, words),) = found(dynamics)
    assert field == "new_switchboardid"
    assert "text column new_switchboardid" in words
    assert "alternate key" in words
    assert "table Contact" in words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("", "Make an alternate key on the column new_switchboardid"),
        ("Failed", "two records have the same value"),
        ("Pending", "is being built"),
        ("InProgress", "is being built"),
    ],
)
def test_a_key_that_is_not_ready_is_told(dynamics, state, words):
    dynamics.let(keys={"lead": state})
    ((field, told),) = found(dynamics, LEAD)
    assert field == "new_switchboardid"
    assert words in told
    assert found(dynamics) == []


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("fullname", "cannot be written"),
        ("numberofchildren", "is no text column"),
        ("address1_postalcode", "takes 20 characters"),
        ("firstname", "Make an alternate key on the column firstname"),
    ],
)
def test_a_column_that_cannot_be_the_key_is_told(dynamics, column, words):
    ((field, told),) = [
        (one.field, one.words)
        for one in dynamics.ask("check", CONTACT, key_fields={CONTACT: column})
    ]
    assert field == column
    assert words in told


def test_missing_rights_are_named_each(dynamics):
    dynamics.let(lacks=["prvCreateContact", "prvAppendToAccount", "prvCreateLead"])
    told = [words for _, words in found(dynamics)]
    assert len(told) == 2
    assert "may not create contacts" in told[0]
    assert "prvCreateContact" in told[0]
    assert "attach contacts to accounts" in told[1]


@pytest.mark.parametrize(
    ("skew_s", "words"),
    [(-3_600, "60 minutes ahead of"), (3_600, "60 minutes behind"), (-200, "3 minutes ahead of")],
)
def test_a_clock_that_is_off_is_told(dynamics, skew_s, words):
    dynamics.let(skew_s=skew_s)
    ((_, told),) = found(dynamics)
    assert words in told


def test_a_clock_that_is_off_by_a_minute_is_well(dynamics):
    dynamics.let(skew_s=60)
    assert found(dynamics) == []


def test_who_is_no_user_there_is_told_so(dynamics):
    dynamics.let(refuses_all=[403, "0x80072560", "The user is not a member of the organization."])
    ((_, words),) = found(dynamics)
    assert "not a member of the organization" in words
    assert "security role" in words

"""Readiness: a better signal lowers nothing, the breakdown adds up, unknown is not absent."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Company
from enrichment.leads.rules import current
from enrichment.leads.scoring import Reason, score
from enrichment.leads.signals import UNKNOWN, Signals, expiry_of, signals_of
from enrichment.leads.validating import ORDERS

RULES = current()
TODAY = date(2026, 11, 22)
PROVIDERS = st.sampled_from([p for p in RULES.points["provider"] if p != "none"])


def anything(*more):
    return {name: st.sampled_from([*order, *more]) for name, order in ORDERS.items()}


SIGNALS = st.builds(
    Signals, mail=st.just("yes"), provider=PROVIDERS, percent=st.integers(0, 100), **anything()
)
PARTLY = st.builds(
    Signals, mail=st.sampled_from(["yes", UNKNOWN]), provider=PROVIDERS,
    percent=st.integers(0, 100), **anything(UNKNOWN),
)  # fmt: skip


def figures(signals):
    verdict = score(RULES, signals)
    assert verdict.readiness is not None and verdict.priority is not None
    return verdict.readiness, verdict.priority


@given(SIGNALS, st.sampled_from(sorted(ORDERS)), st.integers(1, 4))
def test_a_better_signal_never_lowers_score_or_priority(signals, name, steps):
    order = ORDERS[name]
    at = order.index(getattr(signals, name))
    better = replace(signals, **{name: order[min(at + steps, len(order) - 1)]})

    (before, first), (after, second) = figures(signals), figures(better)

    assert after >= before
    assert second <= first


@given(SIGNALS, st.integers(0, 100))
def test_a_policy_for_more_of_the_mail_never_lowers_the_score(signals, percent):
    low, high = sorted((signals.percent, percent))

    less, more = (figures(replace(signals, percent=each))[0] for each in (low, high))

    assert less <= more


@given(PARTLY, st.sampled_from(sorted(ORDERS)), st.data())
def test_to_know_more_never_lowers_the_score(signals, name, data):
    known = replace(signals, **{name: data.draw(st.sampled_from(ORDERS[name]))})
    if getattr(signals, name) != UNKNOWN:
        return

    before, after = score(RULES, signals).readiness, score(RULES, known).readiness

    assert before is None or after is None or after >= before


@given(PARTLY)
def test_the_breakdown_adds_up_and_what_is_unknown_is_never_skipped(signals):
    verdict = score(RULES, signals)

    if verdict.readiness is None:
        assert (verdict.segment, verdict.priority) == ("unknown", None)
    else:
        assert verdict.readiness == sum(reason.points for reason in verdict.reasons)
        assert 0 <= verdict.readiness <= 100 and verdict.priority in range(1, 8)
    assert verdict.segment != "skip" or signals.is_complete


def test_no_mail_is_nothing_and_says_so():
    verdict = score(RULES, Signals(mail="no", provider="none", spf="strict", dmarc="reject"))

    assert (verdict.readiness, verdict.segment, verdict.priority) == (0, "skip", 7)
    assert verdict.reasons == (Reason("provider", "none", 0, 50),)


def test_nothing_known_is_unknown_yet():
    verdict = score(RULES, Signals())

    assert (verdict.readiness, verdict.segment, verdict.priority) == (None, "unknown", None)


def test_a_breakdown():
    signals = Signals("yes", "aspmx.l.google.com", "google_workspace", "", "soft", "present",
                      "quarantine", 50, "later")  # fmt: skip

    verdict = score(RULES, signals)

    assert [(r.signal, r.value, r.points) for r in verdict.reasons] == [
        ("provider", "google_workspace", 50), ("spf", "soft", 12), ("dkim", "present", 10),
        ("dmarc", "quarantine", 10), ("expiry", "later", 5),
    ]  # fmt: skip
    assert (verdict.readiness, verdict.segment, verdict.priority) == (87, "migration", 1)
    assert verdict.tags == ("migration-ready", "google-workspace")


@pytest.mark.parametrize(
    ("days", "wanted"),
    [(-1, "expired"), (0, "soon"), (30, "soon"), (31, "later"), (None, UNKNOWN)],
)
def test_an_expiry_that_is_past_is_a_state_of_its_own(days, wanted):
    expires_on = None if days is None else TODAY + timedelta(days=days)

    assert expiry_of(expires_on, TODAY) == wanted


def test_a_column_is_believed_only_with_its_flag():
    company = Company(
        has_mx=False, mail_host="mx.old.test", mail_provider="zoho", mail_gateway="none",
        has_spf=False, spf="v=spf1 -all", has_dmarc=False, dmarc_policy="reject",
    )  # fmt: skip

    signals = signals_of(company, TODAY)

    assert (signals.mail, signals.mail_host, signals.provider) == ("no", "", "none")
    assert (signals.spf, signals.dmarc, signals.dkim) == ("absent", "absent", UNKNOWN)


def test_a_company_nobody_looked_at_is_unknown_throughout():
    assert (
        signals_of(Company(mail_gateway="", mail_provider="zoho", spf="v=spf1 -all"), TODAY)
        == Signals()
    )


def test_two_spf_records_are_a_broken_one():
    company = Company(mail_gateway="", has_spf=True, spf="v=spf1 -all\nv=spf1 -all")

    assert signals_of(company, TODAY).spf == "broken"

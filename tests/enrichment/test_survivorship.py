from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from enrichment.survivorship import Claim, current, survives

claims = st.builds(
    Claim,
    value=st.sampled_from(["", "mobile", "landline"]),
    source=st.sampled_from(["twilio.line_type", "numverify.validate", "file:1", "person:ann"]),
    sure=st.sampled_from([0.3, 0.5, 0.9]),
    at=st.sampled_from(["2026-01-01T00:00:00+00:00", "2026-06-01T00:00:00+00:00"]),
)


def settle(order):
    held = None
    for claim in order:
        if survives(held, claim):
            held = claim
    return held


def test_an_empty_claim_never_replaces_a_value():
    held = Claim("mobile", "twilio.line_type", 0.1, "2026-01-01")

    assert not survives(held, Claim("", "numverify.validate", 1.0, "2026-02-01"))


def test_a_person_outranks_a_surer_provider_in_either_order():
    person = Claim("landline", "person:ann", 0.5, "2026-01-01")
    provider = Claim("mobile", "twilio.line_type", 1.0, "2026-06-01")

    assert survives(provider, person)
    assert not survives(person, provider)


def test_a_weaker_claim_does_not_replace_a_surer_one():
    held = Claim("mobile", "twilio.line_type", 0.9, "2026-01-01")

    assert not survives(held, Claim("landline", "numverify.validate", 0.5, "2026-06-01"))


def test_a_source_replaces_its_own_earlier_word():
    held = Claim("mobile", "twilio.line_type", 0.9, "2026-01-01")

    assert survives(held, Claim("landline", "twilio.line_type", 0.5, "2026-06-01"))
    assert not survives(held, Claim("landline", "twilio.line_type", 1.0, "2025-06-01"))


def test_an_empty_field_has_no_claim():
    assert current("", {"by": "twilio.line_type"}) is None
    assert current(None, None) is None


def test_a_field_that_a_person_emptied_stays_empty():
    emptied = current("", {"by": "person:ann", "at": "2026-01-01", "sure": 1.0})

    assert not survives(emptied, Claim("mobile", "twilio.line_type", 1.0, "2026-06-01"))


def test_a_value_without_provenance_counts_as_a_files():
    assert current("mobile", None) == Claim("mobile", "file:", 0.9, "")


@given(st.lists(claims, max_size=4, unique_by=lambda claim: claim.source))
def test_the_order_of_arrival_does_not_matter(found):
    assert len({settle(order) for order in permutations(found)}) == 1

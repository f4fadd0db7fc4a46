"""The registry finds providers and lookups by name, and says so when there is none."""

from __future__ import annotations

import re

import pytest

from integrations import registry


def test_a_lookup_is_found_by_its_slug():
    assert registry.lookup("twilio.line_type").supplies >= {"line_type", "carrier_name"}


@pytest.mark.parametrize("slug", ["twilio.line_types", "nobody.line_type", "twilio", ""])
def test_an_unknown_lookup_is_named(slug: str):
    with pytest.raises(registry.UnknownLookup, match=re.escape(repr(slug))):
        registry.lookup(slug)


def test_an_unknown_provider_is_named():
    with pytest.raises(registry.UnknownProvider, match="'nobody'; known: twilio"):
        registry.provider("nobody")


def test_slugs_are_unique_and_lookups_carry_them():
    slugs = [found.slug for found in registry.lookups()]
    slugs += [*registry.searches(), *registry.acts()]

    assert len(slugs) == len(set(slugs))
    assert {slug.partition(".")[0] for slug in slugs} == {p.slug for p in registry.PROVIDERS}


def test_a_miss_of_people_and_firms_ages_faster_than_one_of_numbers():
    believed = {
        found.slug: found.miss_fresh_for for found in registry.lookups() if found.miss_fresh_for
    }

    assert believed["hunter.find_email"] < believed["twilio.line_type"]
    assert believed["peopledatalabs.enrich_person"] < believed["numverify.validate"]
    assert believed["zerobounce.validate"] < believed["hunter.find_email"]


def test_what_is_bought_for_long_says_how_long_a_miss_is_believed():
    bought = [
        found for found in registry.lookups() if found.price.usd and found.fresh_for.days > 30
    ]

    assert len(bought) == 20
    assert [found.slug for found in bought if not found.miss_fresh_for] == []
    assert all(found.miss_fresh_for <= found.fresh_for for found in bought if found.miss_fresh_for)

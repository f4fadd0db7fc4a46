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
    slugs = [found.slug for found in registry.lookups()] + list(registry.searches())

    assert len(slugs) == len(set(slugs))
    assert {slug.partition(".")[0] for slug in slugs} == {p.slug for p in registry.PROVIDERS}

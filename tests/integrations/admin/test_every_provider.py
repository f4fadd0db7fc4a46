"""The account's page of every provider: it opens, says its notice, and tests what can be tested."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from integrations.models import Account
from integrations.provider import Provider
from integrations.registry import PROVIDERS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.slug)
def test_its_page_offers_what_it_has(admin_client, provider: Provider):
    row = Account.objects.create(provider=provider.slug)

    html = admin_client.get(
        reverse("admin:integrations_account_change", args=[row.pk])
    ).content.decode()

    assert ('id="test"' in html) is (provider.trial is not None)
    is_untestable = provider.trial is None and bool(provider.secrets)
    assert ("There is no test of this connection" in html) is is_untestable
    assert ("the vendor's documentation" in html) is bool(provider.docs)
    assert ('id="secrets"' in html) is bool(provider.secrets)
    assert escape(provider.notice) in html
    assert all(escape(lookup.note) in html for lookup in provider.lookups.values())


def test_without_secrets_there_is_none_to_set(admin_client, settings):
    settings.SANDBOX = False
    row = Account.objects.create(provider="switchboard")

    html = admin_client.get(
        reverse("admin:integrations_account_change", args=[row.pk])
    ).content.decode()

    assert "It needs no secret; nothing has been asked yet." in html
    assert "The secrets are set" not in html

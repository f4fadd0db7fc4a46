"""A sync as a person sees it: tried out, read, started from its report, and told on the contact."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crm_sync.models import Sync


@pytest.fixture
def ada(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("ada", password="x"))
    return client


def started(client, house, what):
    """Start one from the connection's page, work at it, and return what its page says."""
    where = reverse("admin:crm_sync_connection_start", args=[house.row.pk])
    address = client.post(where, {"what": what}).url
    sync = house.finish(house.go_on(Sync.objects.latest("pk")))
    assert address == reverse("admin:crm_sync_sync_change", args=[sync.pk])
    return client.get(address).content.decode()


def test_a_dry_run_is_read_and_then_done(house, ada):
    mine = house("hubspot", objects_on=["contact"])
    (first, *_) = mine.contacts(3)

    report = started(ada, mine, "dry")
    assert "<strong>3</strong><small>to be made" in report
    assert "<ins>person0@example.test</ins>" in report
    assert "It would take about" in report
    assert mine.there() == {}

    done = started(ada, mine, "now")
    assert "<strong>3</strong><small>made there" in done
    assert len(mine.there()) == 3

    page = ada.get(reverse("admin:contacts_contact_change", args=[first.pk])).content.decode()
    assert mine.link(first.pk).remote_id in page

    mine.edit(first.pk, email="other@example.test")
    changed = started(ada, mine, "dry")
    assert "<del>person0@example.test</del>" in changed
    assert "<ins>other@example.test</ins>" in changed
    assert "<strong>1</strong><small>to be changed" in changed

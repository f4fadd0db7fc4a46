"""Subscriptions, and a receiver on loopback that development may name."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts import happenings
from tests.webhooks.out.receiver import listening
from webhooks.models import Parcel, Subscription
from webhooks.out import sending, subscriptions

RUN = happenings.RUN_FINISHED


@pytest.fixture
def receiver(settings):
    with listening() as found:
        settings.WEBHOOK_LOOPBACK_HOSTS = [found.host]
        yield found


@pytest.fixture
def subscribe(transactional_db):
    """Make a subscription, to the end of runs unless said otherwise."""

    def make(url="https://hooks.example.test/in", events=(RUN,), **fields) -> Subscription:
        row = Subscription(**{"name": "crm", "events": list(events), **fields})
        subscriptions.save(row, url)
        Subscription.objects.filter(pk=row.pk).update(
            created_at=timezone.now() - timedelta(days=30)
        )
        row.refresh_from_db()
        return row

    return make


@pytest.fixture
def subscribed(subscribe, receiver):
    return subscribe(receiver.url)


def parcels(row, count=1, **fields):
    """Owe so many parcels."""
    fields = {"kind": RUN, "body": '{"type":"run.finished","data":{}}', **fields}
    return Parcel.objects.bulk_create(Parcel(subscription=row, **fields) for _ in range(count))


def send(seconds=60.0, **options):
    return sending.work(seconds, **options)


def later(**passed):
    """Let so much time have passed for everything that waits."""
    ago = timedelta(**passed)
    for parcel in Parcel.objects.filter(state="waiting"):
        Parcel.objects.filter(pk=parcel.pk).update(due_at=parcel.due_at - ago)
    for row in Subscription.objects.all():
        row.rests_until = row.rests_until and row.rests_until - ago
        row.failing_since = row.failing_since and row.failing_since - ago
        row.rotated_at = row.rotated_at and row.rotated_at - ago
        row.save()

"""Syncs as rows, their addresses, and what a page said."""

from __future__ import annotations

from django.contrib.messages import get_messages
from django.urls import reverse

from crm_sync.models import Sync
from tests.crm_sync.connections import connection

WORKER = "7a0d4a3e-4a5e-4d5c-9a86-2f0b5f0f6e10"


def ready(label="Acme", **more):
    return connection("hubspot", "code", label=label, state="ready", objects_on=["contact"], **more)


def sync(of=None, **more):
    if more.get("state") == "claimed":
        more["worker_id"] = WORKER
    return Sync.objects.create(connection=of or ready(), **more)


def at(row, name="change"):
    return reverse(f"admin:crm_sync_sync_{name}", args=[row.pk])


def said(response):
    return [str(one) for one in get_messages(response.wsgi_request)]

"""Celery only rings: no setting that it does not know, and no task that repeats itself."""

from __future__ import annotations

from celery.app.defaults import NAMESPACES, flatten
from django.conf import settings


def test_ar_05_celery_knows_each_of_its_settings():
    ours = {name[7:].lower() for name in dir(settings) if name.startswith("CELERY_")}

    assert ours - {name for name, _ in flatten(NAMESPACES)} == set()


def test_ar_05_no_task_has_a_policy_of_its_own():
    from config.celery import app

    app.loader.import_default_modules()
    own = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}

    assert "enrichment.sweep" in own
    assert [name for name, task in own.items() if getattr(task, "autoretry_for", ())] == []
    assert [name for name, task in own.items() if task.acks_late] == []

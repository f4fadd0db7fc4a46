"""The scheduler of `celery beat`: the database's, once what it needs answers."""

from __future__ import annotations

from django_celery_beat.schedulers import DatabaseScheduler

from config.starting import refuse_unready


class Scheduler(DatabaseScheduler):
    def setup_schedule(self) -> None:
        # Celery's beat_init comes later, after the first query.
        refuse_unready()
        super().setup_schedule()

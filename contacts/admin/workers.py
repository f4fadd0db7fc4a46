"""The back office of workers: which processes hold claims, and which were lost."""

from __future__ import annotations

from django.contrib import admin
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.models import Worker

COLOURS = {"Working": "success", "Lost": "danger", "Gone": ""}


@admin.register(Worker)
class WorkerAdmin(ToLookAt):
    list_display = ("name", "state", "started_at", "seen_at", "gone_at")
    list_filter = ("is_lost",)
    fields = ("id", "name", "state", "started_at", "seen_at", "gone_at")

    @display(description="State", label=COLOURS)
    def state(self, worker: Worker) -> str:
        if not worker.gone_at:
            return "Working"
        return "Lost" if worker.is_lost else "Gone"

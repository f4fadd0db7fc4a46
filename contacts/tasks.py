"""The doorbells of the contacts room; the work is in the database."""

from __future__ import annotations

from celery import shared_task

from contacts import searching
from contacts.bulk import work as bulk
from contacts.erasing import work as erasing
from contacts.exports import work as exporting
from contacts.importing import undo, work
from contacts.suppression import loading


@shared_task(name=work.TASK)
def work_imports() -> None:
    work.work_imports()
    undo.work_undos()


@shared_task(name=exporting.TASK)
def work_exports() -> None:
    exporting.work_exports()


@shared_task(name=bulk.TASK)
def work_bulk_actions() -> None:
    bulk.work_all()


@shared_task(name=erasing.TASK)
def erase() -> None:
    erasing.work_all()


@shared_task(name=loading.TASK)
def load_lists() -> None:
    loading.work_lists()


@shared_task(name="contacts.tidy_search")
def tidy_search() -> None:
    searching.tidy()

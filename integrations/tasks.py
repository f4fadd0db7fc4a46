"""Celery tasks of accounts: they say that it is time and carry no work."""

from __future__ import annotations

from celery import shared_task

from integrations import telling


@shared_task(name="integrations.ask_limits")
def ask_limits() -> None:
    """Ask providers what is left of their plans, where that has to be asked and is free."""
    telling.ask_limits()

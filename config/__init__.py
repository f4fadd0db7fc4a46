"""Settings, addresses and processes of the whole."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

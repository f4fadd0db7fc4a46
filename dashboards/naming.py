"""What others brought, by the words of this office: people, roles, schedules."""

from __future__ import annotations

from django.apps import apps

APPS = {"auth": "People", "django_celery_beat": "Schedule"}
MODELS = {
    "auth.Group": ("role", "roles"),
    "django_celery_beat.PeriodicTask": ("schedule", "schedules"),
}


def name_all() -> None:
    """Name others' rooms and tables; migrations see nothing of it. Called when Django starts."""
    for label, name in APPS.items():
        apps.get_app_config(label).verbose_name = name
    for model, (one, many) in MODELS.items():
        options = apps.get_model(model)._meta
        options.verbose_name, options.verbose_name_plural = one, many

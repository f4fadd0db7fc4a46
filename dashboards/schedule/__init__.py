"""The schedule: what the scheduler rings, when, in words; its rows are django-celery-beat's."""

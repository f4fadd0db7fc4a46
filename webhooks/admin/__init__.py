"""The back office of webhooks."""

from webhooks.admin import deliveries, keys  # noqa: F401 - registered by being imported

"""The back office of webhooks."""

from webhooks.admin import (  # noqa: F401 - registered by being imported
    deliveries,
    keys,
    parcels,
    senders,
    subscriptions,
)

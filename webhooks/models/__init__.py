"""What the webhooks room keeps."""

from webhooks.models.delivery import Delivery
from webhooks.models.key import ApiKey

__all__ = ["ApiKey", "Delivery"]

"""What the webhooks room keeps."""

from webhooks.models.delivery import Delivery
from webhooks.models.key import ApiKey
from webhooks.models.parcel import Attempt, Parcel
from webhooks.models.sender import Sender
from webhooks.models.subscription import Subscription

__all__ = ["ApiKey", "Attempt", "Delivery", "Parcel", "Sender", "Subscription"]

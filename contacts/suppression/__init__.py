"""Numbers that must not be reached: who says so, since when, and how it is lifted again.

A number is suppressed by itself, whether or not a contact has it. `suppress` and the sender who
reserves a message both take the number's lock (`hold`), so that nothing is reserved once a STOP has
been committed.
"""

from contacts.models.suppression import Channel, Reason
from contacts.suppression.queries import Standing, standing
from contacts.suppression.service import hold, lift, suppress

__all__ = ["Channel", "Reason", "Standing", "hold", "lift", "standing", "suppress"]

"""What an act is: something that a provider does for us and charges for, such as a message or call.

A lookup may be asked again and a search goes on; an act that was done is done. So it is never
repeated where it may have happened (`Api.post_once`), and other rooms perform it by way of
acting.py. Like `provider/` this knows neither Django nor the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.provider.terms import SECOND, Price, Rate


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """One thing that a provider does; `slug` is "provider.name".

    It costs `price` per `unit` ("segment", "minute", "call"). `paced_by` names the switch that says
    how often a second it is done, besides what holds for every call of the account.
    """

    provider: str
    name: str
    label: str
    price: Price
    unit: str
    is_on_by_default: bool = True
    note: str = ""
    paced_by: str = ""

    @property
    def slug(self) -> str:
        return f"{self.provider}.{self.name}"

    def pace(self, options: Mapping[str, Any]) -> Rate | None:
        """Return how often it is done with an account's options; what is no number is once."""
        if not self.paced_by:
            return None
        try:
            return Rate(max(1, int(options.get(self.paced_by) or 1)), per=SECOND)
        except (TypeError, ValueError):
            return Rate(1, per=SECOND)

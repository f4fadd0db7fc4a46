"""What a provider is: a value that says what is peculiar to it, and the lookups it answers.

Nothing here knows Django, Celery or the network; a provider file imports this, the error
tree, `auth` and nothing else of ours (DESIGN.md §4).
"""

from integrations.provider.describing import (
    Classifier,
    LimitsAsker,
    LimitsReader,
    Provider,
    Secret,
    Switch,
    Trial,
)
from integrations.provider.lookups import (
    Api,
    Ask,
    Asker,
    Fact,
    Gather,
    GatheredAsker,
    Lookup,
    Question,
    Reply,
    Value,
)
from integrations.provider.terms import (
    DAY,
    FREE,
    MINUTE,
    SECOND,
    Price,
    Rate,
    Told,
    days,
    usd,
)

__all__ = [
    "DAY",
    "FREE",
    "MINUTE",
    "SECOND",
    "Api",
    "Ask",
    "Asker",
    "Classifier",
    "Fact",
    "Gather",
    "GatheredAsker",
    "LimitsAsker",
    "LimitsReader",
    "Lookup",
    "Price",
    "Provider",
    "Question",
    "Rate",
    "Reply",
    "Secret",
    "Switch",
    "Told",
    "Trial",
    "Value",
    "days",
    "usd",
]

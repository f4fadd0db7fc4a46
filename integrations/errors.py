"""Everything that can go wrong between us and a provider, as one tree.

    CallError
    ├── Refused                we said no; nothing was sent, nothing is owed
    │   ├── CircuitOpen            the provider is failing; ask again at retry_at
    │   ├── RateReached            no permit before the deadline; ask again at retry_at
    │   ├── OverBudget             a cap of the run or of the account would be passed
    │   ├── AccountUnusable        switched off, no secret, or a secret that cannot be read
    │   └── OutcomeHeld            an earlier outcome is unknown and dear: a person decides
    ├── NotFound               an answer, not a failure: the provider knows nothing (a miss)
    ├── Pending                taken, and answered later: ask again with the ticket, for free
    ├── Transient              the same question may succeed in a moment
    │   ├── Unreachable            no connection: nothing was processed
    │   ├── ServerFailed           5xx
    │   └── OutcomeUnknown         sent, and no answer came back: perhaps done, perhaps charged
    ├── Throttled              429: not processed; obey retry_after_s
    ├── Rejected               the same question will be refused again
    │   ├── CredentialRejected     wrong or revoked secret: an operator acts, the run stops asking
    │   ├── QuotaExhausted         the plan or the balance is used up: an operator acts
    │   ├── NotEntitled            this lookup is not enabled for the account
    │   ├── SenderUnfit            who is to send or call cannot: an operator acts
    │   └── QuestionRejected       bad question: concerns one contact only
    └── ContractBroken         an answer whose shape we do not know: kept raw, one alert

Each class says whether to repeat the call (`retries`), whether the circuit counts it (`trips`)
and who has to act (`acts`: "us", "provider", "operator" or "nobody").
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

Actor = Literal["us", "provider", "operator", "nobody"]


class CallError(Exception):
    """A call that brought no answer; its text names provider and lookup, never a secret."""

    retries: ClassVar[bool] = False
    trips: ClassVar[bool] = False
    acts: ClassVar[Actor] = "nobody"

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        code: str = "",
        retry_after_s: float | None = None,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(message or type(self).__doc__ or type(self).__name__)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.retry_at = retry_at


class Refused(CallError):
    """We said no before anything was sent."""

    acts: ClassVar[Actor] = "us"


class CircuitOpen(Refused):
    """The provider's circuit is open."""


class RateReached(Refused):
    """The provider's rate leaves no permit for now."""


class OverBudget(Refused):
    """A budget would be passed."""

    acts: ClassVar[Actor] = "operator"


class AccountUnusable(Refused):
    """The account is switched off or has no usable secret."""

    acts: ClassVar[Actor] = "operator"


class OutcomeHeld(Refused):
    """An earlier call's outcome is unknown and its price is above the threshold."""

    acts: ClassVar[Actor] = "operator"


class NotFound(CallError):
    """The provider knows nothing about it."""


class Pending(CallError):
    """The provider has taken the question and answers later.

    `ticket` is what it wants to be asked by next time ("" where the same question does); it is
    JSON that the lookup finds in `Question.ticket`. Ask again after `retry_after_s`.
    """

    acts: ClassVar[Actor] = "provider"

    def __init__(
        self, message: str = "", *, ticket: str = "", retry_after_s: float = 5.0, **more: Any
    ) -> None:
        super().__init__(message, retry_after_s=retry_after_s, **more)
        self.ticket = ticket


class Transient(CallError):
    """A failure that may pass."""

    retries = True
    trips = True
    acts: ClassVar[Actor] = "provider"


class Unreachable(Transient):
    """No connection to the provider."""


class ServerFailed(Transient):
    """The provider failed with a 5xx."""


class OutcomeUnknown(Transient):
    """The question was sent and no answer came back."""

    retries = False


class Throttled(CallError):
    """The provider asks us to slow down."""

    retries = True
    trips = False
    acts: ClassVar[Actor] = "us"


class Rejected(CallError):
    """The provider will refuse this question again."""


class CredentialRejected(Rejected):
    """The provider refuses the account's secret."""

    acts: ClassVar[Actor] = "operator"


class QuotaExhausted(Rejected):
    """The account's plan or balance is used up."""

    acts: ClassVar[Actor] = "operator"


class NotEntitled(Rejected):
    """The lookup is not enabled for this account."""

    acts: ClassVar[Actor] = "operator"


class SenderUnfit(Rejected):
    """Who is to send or call cannot."""

    acts: ClassVar[Actor] = "operator"


class QuestionRejected(Rejected):
    """The provider refuses this question."""


class ContractBroken(CallError):
    """The answer has a shape that we do not know."""

    acts: ClassVar[Actor] = "us"

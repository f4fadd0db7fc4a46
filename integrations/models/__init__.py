"""Accounts, what they may spend, what is under way, the ledger of every call, held circuits."""

from integrations.models.account import Account, AccountLookup
from integrations.models.circuit import CircuitHold
from integrations.models.ledger import ApiCall, Budget, LookupDay, Reservation
from integrations.models.spend import SpendDay

__all__ = [
    "Account",
    "AccountLookup",
    "ApiCall",
    "Budget",
    "CircuitHold",
    "LookupDay",
    "Reservation",
    "SpendDay",
]

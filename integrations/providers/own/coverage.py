"""Guesses by the market which home internet a town may have: an estimate, never a measurement."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.provider import Api, Fact, Question
from integrations.providers.own.postal import state_code

# The towns with 5G or LTE home internet that the predecessor's operators had gathered; nobody
# publishes such a list, and it ages. Edit it here.
MARKETS: Mapping[str, Mapping[str, str]] = {
    "5g": {
        "AZ": "Phoenix", "CA": "Los Angeles,Sacramento,San Diego", "CO": "Denver",
        "FL": "Miami,Orlando,Tampa", "GA": "Atlanta", "IL": "Chicago", "IN": "Indianapolis",
        "MI": "Detroit", "MN": "Minneapolis", "NV": "Las Vegas",
        "OH": "Cincinnati,Cleveland,Columbus", "PA": "Philadelphia", "TX": "Dallas,Houston",
    },
    "lte": {
        "MA": "Boston", "NC": "Charlotte,Raleigh", "TX": "Austin,San Antonio", "WA": "Seattle",
    },
}  # fmt: skip
ELSEWHERE = "none"
BY_TOWN: Mapping[tuple[str, str], str] = {
    (town.lower(), state): reach
    for reach, states in MARKETS.items()
    for state, towns in states.items()
    for town in towns.split(",")
}
# A town that is listed has the service somewhere, not everywhere; one that is not says less still.
LISTED_SURE, UNLISTED_SURE = 0.3, 0.15


async def estimate_coverage(api: Api, q: Question) -> list[Fact]:
    """Return "5g", "lte" or "none" by city and state, compared as whole names.

    Raises QuestionRejected for a state that there is none of.
    """
    town = (" ".join(q.get("city").split()).lower(), state_code(q.get("state")))
    reach = BY_TOWN.get(town, ELSEWHERE)
    return [Fact("coverage_estimate", reach, UNLISTED_SURE if reach == ELSEWHERE else LISTED_SURE)]

"""Plays Google Geocoding: places of addresses, and addresses of places, in the invented towns."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.invented import STREETS, TOWNS, Die
from integrations.sandbox.responder import Answer, Asked

# Keys that are refused, with the status that Google puts into a 200.
MAGIC_KEYS = {
    "": ("REQUEST_DENIED", "You must use an API key to authenticate each request."),
    "wrong": ("REQUEST_DENIED", "The provided API key is invalid."),
    "spent": ("OVER_DAILY_LIMIT", "You have exceeded your daily request quota for this API."),
}
# First words of an address that get a status of their own: "Throttle Way 1" would be refused
# before it is sent, so a number stands before them: "1 Throttle Way".
MAGIC_STREETS = {
    "throttle": "OVER_QUERY_LIMIT",
    "unknown": "UNKNOWN_ERROR",
    "invalid": "INVALID_REQUEST",
    "nowhere": "ZERO_RESULTS",
}


class GoogleGeocoding:
    """Google Geocoding's part of the sandbox."""

    slug = "google_geocoding"

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by key and by what is given: an address, or a place."""
        given = asked.params()
        if refusal := MAGIC_KEYS.get(given.get("key", "")):
            return Answer(200, envelope(*refusal))
        if asked.path != "/maps/api/geocode/json":
            return Answer(404, b"<html>Not found</html>")
        if given.get("address"):
            return forward(given["address"])
        return reverse(given["latlng"]) if given.get("latlng") else Answer(200, envelope())

    def throttled(self) -> bytes:
        return envelope("OVER_QUERY_LIMIT", "You have exceeded your rate-limit for this API.")

    def failed(self) -> bytes:
        return envelope("UNKNOWN_ERROR", "")


def envelope(status: str = "INVALID_REQUEST", words: str = "Missing the address.") -> bytes:
    """Return a body without results."""
    said = {"error_message": words} if words else {}
    return orjson.dumps({**said, "results": [], "status": status})


def forward(address: str) -> Answer:
    """Nine in ten addresses are found, most of them to the roof, some in part only."""
    words = address.lower().split()
    if status := MAGIC_STREETS.get(words[1] if len(words) > 1 else ""):
        charged = (address,) if status == "ZERO_RESULTS" else ()
        return Answer(200, envelope(status, ""), ("forward",), (address,), charged)
    die = Die(f"geocode|{address.lower()}")
    if die.below(100) >= 90:
        return said([], "forward", address)
    accuracy = ("ROOFTOP", "ROOFTOP", "ROOFTOP", "RANGE_INTERPOLATED")[die.below(4)]
    line, _, rest = address.partition(", ")
    city, _, area = rest.partition(", ")
    state, _, postal_code = area.partition(" ")
    found = place(die, line, (city, state, postal_code), accuracy)
    if die.below(100) < 8:
        found["partial_match"] = True
    return said([found], "forward", address)


def reverse(latlng: str) -> Answer:
    """Every place has a house somewhere near."""
    die = Die(f"reverse|{latlng}")
    line = f"{1 + die.below(999)} {die.pick(STREETS)}"
    found = place(die, line, die.pick(TOWNS), "ROOFTOP")
    latitude, _, longitude = latlng.partition(",")
    found["geometry"]["location"] = {"lat": float(latitude), "lng": float(longitude)}
    return said([found], "reverse", latlng)


def place(die: Die, line: str, town: tuple[str, str, str], accuracy: str) -> dict[str, Any]:
    """Return one result at drawn coordinates."""
    number, _, street = line.partition(" ")
    city, state, postal_code = town
    at = {
        "lat": round(30 + die.below(1500) / 100, 4),
        "lng": round(-120 + die.below(4000) / 100, 4),
    }
    named = [
        (number, ["street_number"]),
        (street, ["route"]),
        (city, ["locality", "political"]),
        (state, ["administrative_area_level_1", "political"]),
        ("US", ["country", "political"]),
        (postal_code[:5], ["postal_code"]),
    ]
    return {
        "address_components": [
            {"long_name": word, "short_name": word, "types": kinds} for word, kinds in named if word
        ],
        "formatted_address": f"{line}, {city}, {state} {postal_code}, USA",
        "geometry": {
            "location": at,
            "location_type": accuracy,
            "viewport": {"northeast": at, "southwest": at},
        },
        "place_id": f"ChIJ{die.below(4096):04d}{die.below(4096):04d}",
        "types": ["street_address"],
    }


def said(results: list[dict[str, Any]], lookup: str, key: str) -> Answer:
    """Return an answer; it is billed whatever it found."""
    body = orjson.dumps({"results": results, "status": "OK" if results else "ZERO_RESULTS"})
    return Answer(200, body, (lookup,), (key,), (key,))

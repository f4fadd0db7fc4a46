"""Plays the FCC's Area API: the census block of a place. Its files are nobody's to play."""

from __future__ import annotations

from contextlib import suppress

import orjson

from integrations.sandbox.invented import Die
from integrations.sandbox.responder import Answer, Asked

# Latitudes with an answer of their own.
MAGIC = {
    89.0: (200, b'{"status":"OK","Block":{"FIPS":null},"State":{"code":null}}'),
    88.0: (200, b'{"status":"Fail","messages":["no answer"]}'),
    87.0: (429, b'{"message":"Too many requests"}'),
}


class Fcc:
    """The FCC's part of the sandbox."""

    slug = "fcc"

    def answer(self, asked: Asked) -> Answer:
        """Answer one place with a block of the state of Washington."""
        given = asked.params()
        place = (0.0, 0.0)
        with suppress(KeyError, ValueError):
            place = float(given["latitude"]), float(given["longitude"])
        if asked.path != "/block/find" or place == (0.0, 0.0):
            return Answer(400, b'{"message":"latitude and longitude are required"}')
        if magic := MAGIC.get(place[0]):
            return Answer(*magic)
        die = Die(f"block|{place}")
        block = f"53033{die.below(4096):06d}{1000 + die.below(20)}"
        body = orjson.dumps({
            "messages": [],
            "Block": {"FIPS": block, "bbox": []},
            "County": {"FIPS": "53033", "name": "King County"},
            "State": {"FIPS": "53", "code": "WA", "name": "Washington"},
            "status": "OK",
            "executionTime": "0",
        })  # fmt: skip
        return Answer(200, body, ("fixed_wireless",), (f"{place[0]},{place[1]}",))

    def throttled(self) -> bytes:
        return b'{"message":"Too many requests"}'

    def failed(self) -> bytes:
        return b"<html>Service unavailable</html>"

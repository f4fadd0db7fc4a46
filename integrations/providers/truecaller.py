"""Truecaller's search by number, as the predecessor asked it; off, because it is offered no more.

Today a server can only log a consenting user in (docs.truecaller.com). What is asked here is the
predecessor's contract, for those who hold an agreement of their own. Nothing in it is free to ask,
so there is no test of the connection.
"""

from __future__ import annotations

from integrations.auth import bearer
from integrations.provider import SECOND, Api, Fact, Provider, Question, Rate, Secret, days, usd
from integrations.providers.own.refusing import refused
from integrations.reading import Body, Reader

READ = Reader("Truecaller")
# Names there are what other people call a number; the predecessor's flat 80 of 100 was too much.
SURE = 0.5

TRUECALLER = Provider(
    slug="truecaller",
    label="Truecaller (legacy)",
    docs="https://docs.truecaller.com/truecaller-sdk",
    base_url="https://api4.truecaller.com",
    auth=bearer("api_key"),
    secrets=(
        Secret(
            "api_key",
            "API key",
            "TRUECALLER_API_KEY",
            hint="from your own agreement with Truecaller",
        ),
    ),
    rate=Rate(5, per=SECOND),
    notice="Truecaller offers no lookup by number to servers any more. This asks as the predecessor"
    " of Switchboard did; it works only with an agreement of your own, and is off by default.",
)


@TRUECALLER.lookup(
    "search",
    needs={"phone"},
    supplies={
        "first_name", "last_name", "address_line", "city", "state", "postal_code", "country",
        "address_type",
    },
    price=usd("0.05"),
    fresh_for=days(180),
    miss_fresh_for=days(90),
    label="Person by number",
    is_on_by_default=False,
    note="The predecessor's contract; Truecaller no longer offers it.",
)  # fmt: skip
async def search(api: Api, q: Question) -> list[Fact]:
    """Return name and address that go by a number of the United States."""
    phone = q.get("phone")
    if not phone.startswith("+1") or len(phone) != 12:
        raise refused("phone", "numbers of the United States only")
    asked = {"q": phone[2:], "countryCode": "US", "type": "phone"}
    answer = READ.body(await api.get("/v1/search", headers=None, auth=None, **asked), "data")
    people = READ.parts(answer, "data")
    if not people:
        return []
    addresses = READ.parts(people[0], "addresses")
    said = {**_name(READ.part(people[0], "name")), **(_address(addresses[0]) if addresses else {})}
    return [Fact(name, value, SURE) for name, value in said.items() if value]


def _name(name: Body) -> dict[str, str]:
    return {"first_name": READ.text(name, "first"), "last_name": READ.text(name, "last")}


def _address(at: Body) -> dict[str, str]:
    return {
        "address_line": READ.text(at, "street"),
        "city": READ.text(at, "city"),
        "state": READ.text(at, "state"),
        "postal_code": READ.text(at, "zipCode"),
        "country": READ.text(at, "countryCode"),
        "address_type": READ.text(at, "type").lower()[:20],
    }

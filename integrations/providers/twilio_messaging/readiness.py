"""“Test this connection”: whether the account, its service and its numbers can write and call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.errors import CredentialRejected, NotFound, SenderUnfit
from integrations.provider import Api
from integrations.providers.twilio_messaging.senders import E164, SERVICE, pool
from integrations.providers.twilio_messaging.sent import ACCOUNT, READ
from integrations.reading import Body

MOST_NUMBERS = 10
TOLL_FREE = tuple(f"+1{code}" for code in (800, 833, 844, 855, 866, 877, 888))


async def ask_for_senders(api: Api) -> str:
    """Return what can be sent with; all questions are free.

    Raises CredentialRejected for an account that is not active, SenderUnfit with all that is wrong.
    """
    account = READ.body(await api.get(f"{ACCOUNT}.json"), "status")
    if (status := READ.text(account, "status")) != "active":
        raise CredentialRejected(f"Twilio: the account is {status or 'in an unknown state'}")
    said, wrong = ["Twilio knows the account."], []
    if READ.text(account, "type") == "Trial":
        said.append("It is a trial account: it reaches only numbers that are verified there.")
    for asked in (_service(api), _texting(api), _voice(api)):
        good, bad = await asked
        said += good
        wrong += bad
    if wrong:
        raise SenderUnfit(" ".join(wrong))
    if len(said) == 1:
        raise SenderUnfit("The account names no Messaging Service and no number, so nobody sends.")
    return " ".join(said)


Found = tuple[list[str], list[str]]


async def _service(api: Api) -> Found:
    sid = str(api.options.get("messaging_service_sid") or "").strip()
    if not sid:
        return [], []
    if not SERVICE.fullmatch(sid):
        return [], ["The Messaging Service's SID is not MG and 32 hexadecimal digits."]
    try:
        service = READ.body(await api.get(f"messaging:/v1/Services/{sid}"), "sid")
    except NotFound:
        return [], ["The account has no Messaging Service of this SID."]
    name = READ.text(service, "friendly_name") or sid
    numbers = await _rows(api, f"messaging:/v1/Services/{sid}/PhoneNumbers", "phone_numbers")
    codes = await _rows(api, f"messaging:/v1/Services/{sid}/ShortCodes", "short_codes")
    if not numbers and not codes:
        return [], [f"The Messaging Service {name} has no sender."]
    wrong = []
    if not codes and not any("SMS" in READ.texts(one, "capabilities") for one in numbers):
        wrong.append(f"No number of the Messaging Service {name} can send SMS.")
    if READ.flag(service, "us_app_to_person_registered") is False and _has_us(numbers):
        wrong.append(
            f"The Messaging Service {name} is not registered for US messages (A2P 10DLC), so US"
            " carriers refuse them (30034)."
        )
    return [f"The Messaging Service {name} has {len(numbers) + len(codes)} senders."], wrong


def _has_us(numbers: list[Body]) -> bool:
    ours = [READ.text(one, "phone_number") for one in numbers]
    return any(n.startswith("+1") and not n.startswith(TOLL_FREE) for n in ours)


async def _texting(api: Api) -> Found:
    good, wrong = [], []
    for number in pool(api.options)[:MOST_NUMBERS]:
        row = await _own(api, number)
        if row is None:
            wrong.append(f"{number} is no number of this account.")
        elif not _can(row, "sms"):
            wrong.append(f"{number} can't send SMS.")
        elif problem := await _unverified(api, number, row):
            wrong.append(problem)
        else:
            good.append(f"{number} can send SMS.")
    return good, wrong


async def _unverified(api: Api, number: str, row: Body) -> str:
    """Return what is missing for a toll-free number; US carriers block those unverified (30032)."""
    if not number.startswith(TOLL_FREE):
        return ""
    asked = {"TollfreePhoneNumberSid": READ.text(row, "sid")}
    found = await _rows(api, "messaging:/v1/Tollfree/Verifications", "verifications", **asked)
    status = READ.text(found[0], "status") if found else ""
    if status == "TWILIO_APPROVED":
        return ""
    where = status.replace("_", " ").lower() or "was never asked for"
    return f"{number} is toll-free and not verified ({where}), so it is blocked (30032)."


async def _voice(api: Api) -> Found:
    number = str(api.options.get("voice_number") or "").strip()
    if not number:
        return [], []
    row = await _own(api, number)
    if row is not None:
        can = _can(row, "voice")
        return ([f"{number} can call."], []) if can else ([], [f"{number} can't call."])
    if await _rows(
        api, f"{ACCOUNT}/OutgoingCallerIds.json", "outgoing_caller_ids", PhoneNumber=number
    ):
        return [f"{number} is a verified caller."], []
    return [], [f"{number} is no number of this account and not verified as a caller there."]


async def _own(api: Api, number: str) -> Body | None:
    if not E164.fullmatch(number):
        return None
    rows = await _rows(
        api, f"{ACCOUNT}/IncomingPhoneNumbers.json", "incoming_phone_numbers", PhoneNumber=number
    )
    return next((row for row in rows if READ.text(row, "phone_number") == number), None)


def _can(row: Body, what: str) -> bool:
    able: Mapping[str, Any] = READ.part(row, "capabilities")
    return bool(able.get(what) or able.get(what.upper()))


async def _rows(api: Api, path: str, key: str, **asked: Any) -> list[Body]:
    """Return the first page of a list; nobody has more senders than one shows."""
    return READ.parts(READ.body(await api.get(path, **asked), key), key)

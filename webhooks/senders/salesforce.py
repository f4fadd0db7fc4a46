"""Salesforce's outbound messages: SOAP, up to 100 notifications, answered with an Ack.

They are not signed. What proves them is the address that we gave it (`?token=…`), and the
organization's id where a person has named it. The session id that may be in them is not kept.
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from webhooks import tokens
from webhooks.arrival import Arrival, Event, Unreadable, Unsigned, digest
from webhooks.senders.belonging import belong

MOST = 100
OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ID_LETTERS = 15  # the other three of 18 only say which of them are capitals
ACK = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>'
    b"</notificationsResponse></soapenv:Body></soapenv:Envelope>"
)


def read(arrival: Arrival) -> list[Event]:
    """Return an event for each notification. Raises Unsigned and Unreadable."""
    known = tokens.sender("salesforce")
    if not tokens.fits(arrival.asked("token"), known.secrets):
        raise Unsigned("the address has no token, or not ours")
    told = _notifications(arrival.body)
    organization, action = _text(told, "OrganizationId"), _text(told, "ActionId")
    belong(known.organization, [organization], letters=ID_LETTERS)
    found = told.findall(f"{OUTBOUND}Notification")
    if not 0 < len(found) <= MOST:
        raise Unreadable(f"1 to {MOST} notifications are expected")
    return [_event(one, organization, action) for one in found]


def _notifications(body: bytes) -> Element:
    try:
        envelope: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("the body is no XML, or has a document type") from None
    told = envelope.find(f"*/{OUTBOUND}notifications")
    if told is None:
        raise Unreadable("there are no notifications in it")
    return told


def _event(one: Element, organization: str, action: str) -> Event:
    record = one.find(f"{OUTBOUND}sObject")
    if record is None:
        raise Unreadable("a notification is about nothing")
    kind = record.get(TYPE, "record").rpartition(":")[2]
    fields = {part.tag.rpartition("}")[2]: part.text or "" for part in record}
    said = {"organization": organization, "action": action, "type": kind, "fields": fields}
    own = _text(one, "Id") or digest(*(text for pair in fields.items() for text in pair))
    return Event(f"{organization[:20]}:{own[:80]}", kind[:60], said, fields.get("Id", "")[:100])


def _text(of: Element, name: str) -> str:
    return (of.findtext(f"{OUTBOUND}{name}") or "").strip()

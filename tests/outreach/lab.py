"""Contacts who may be written to now, templates, and campaigns over them."""

from datetime import date
from itertools import product

from contacts.models import Contact
from outreach.campaigns import service
from outreach.models import Message, Template

PHONE = "+12125550100"


def numbers(count):
    """Different reserved numbers."""
    places = product(range(212, 900), range(100, 200))
    return [f"+1{area}5550{line}" for (area, line), _ in zip(places, range(count), strict=False)]


def contact(number=PHONE, **fields):
    """A contact who agreed to be written to and has a mobile in the light of day."""
    usual = {
        "first_name": "Ada",
        "line_type": "mobile",
        "consent_on": date(2026, 1, 5),
        "country": "US",
        "phone_country": "US",
        "state": "NY",
    }
    return Contact.objects.create(phone_raw=number, phone_e164=number, **usual | fields)


def template(body="Hello {{ first_name }}, your order is ready.", **fields):
    return Template.objects.create(name=fields.pop("name", "Ready"), body=body, **fields)


def estimated(words=None, chosen=None, **options):
    """A campaign that waits for approval."""
    campaign = service.create("Autumn", words or template(), chosen or {}, **options)
    service.estimate(campaign, waits=True)
    return campaign


def approved(words=None, chosen=None, **options):
    """A campaign that sends."""
    campaign = estimated(words, chosen, **options)
    service.approve(campaign)
    return campaign


def states(campaign):
    """How many messages of a campaign are in which state."""
    found = {}
    for state in Message.objects.filter(campaign=campaign, direction="out").values_list("state"):
        found[state[0]] = found.get(state[0], 0) + 1
    return found


def told(sandbox):
    """What the sandbox was asked to send."""
    return sandbox.http.get("/_control/twilio_messaging").json()

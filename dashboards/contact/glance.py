"""At a glance: who a contact is and how to reach them, for the head of the page."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from django.urls import reverse

from contacts.models import Contact
from dashboards.contact.fields import coded, in_words

STATUS_COLOURS = {"completed": "success", "processing": "info", "failed": "danger", "pending": ""}
RISK_COLOURS = {"low": "success", "medium": "warning", "high": "danger"}


@dataclass(frozen=True, slots=True)
class Pill:
    text: str
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    contact: Contact
    national: str
    place: str
    status: Pill
    pills: list[Pill]
    company_url: str
    consent: str

    @property
    def role(self) -> str:
        return " · ".join(filter(None, (self.contact.position, self.contact.department)))


def glance(contact: Contact) -> Glance:
    """Return the head of the page; needs the contact's company, and asks nothing else."""
    company = contact.company
    return Glance(
        contact=contact,
        national=national_number(contact.phone_e164),
        place=", ".join(filter(None, (
            contact.address_line, contact.city, contact.state, contact.postal_code,
            contact.country,
        ))),
        status=Pill(contact.get_status_display(), STATUS_COLOURS.get(contact.status, "")),
        pills=_pills(contact),
        company_url=reverse("admin:contacts_company_change", args=[company.pk]) if company else "",
        consent=in_words("consent_on", contact.consent_on),
    )  # fmt: skip


def national_number(e164: str) -> str:
    """Return the number as people of its country write it."""
    try:
        parsed = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat.NATIONAL
    return str(phonenumbers.format_number(parsed, form))


def _pills(contact: Contact) -> list[Pill]:
    pills = []
    if contact.phone_is_valid is not None:
        is_valid = contact.phone_is_valid
        pills.append(Pill("Valid", "success") if is_valid else Pill("Not valid", "danger"))
    if contact.line_type:
        pills.append(Pill(coded(contact.line_type)))
    level = contact.sms_pumping_risk_level
    if contact.sms_pumping_is_blocked:
        pills.append(Pill("Blocked for SMS pumping", "danger"))
    elif level:
        pills.append(Pill(f"{coded(level)} risk", RISK_COLOURS.get(level, "")))
    if contact.is_sim_swapped_in_period:
        pills.append(Pill("SIM swapped lately", "danger"))
    if contact.is_reassigned == "yes":
        pills.append(Pill("Number reassigned", "danger"))
    return pills

"""Makes a lead of a referral: its company, its person where there is a number, and its notes.

The referral's row is locked meanwhile, so a second click, or a second person, finds it made.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from contacts.annotations import add_note
from contacts.erasing.keeping_out import Caller, held_back
from contacts.identity import are_plainly_different
from contacts.importing import companies
from contacts.importing.companies import Named, name_key
from contacts.importing.store import take_turn
from contacts.models import Company, Contact
from contacts.numbering import home
from contacts.phone import Phone, PhoneRefused, parse
from crm_sync.models import Referral
from crm_sync.referrals.linking import held, note
from crm_sync.referrals.schema import Member, notes_of, people_of

SOURCE = "referral:"
SURE = 0.8
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")  # as the database's rule has it
NOTE_MOST = 5_000
NOTHING = (
    "Nothing in it says which company it is. Link it with one by hand first, or type its name."
)


class LeadRefused(ValueError):
    """No lead can be made of the referral; the message says what to do."""


def make_lead(referral_id: int, user: User, *, name: str = "", notes: str = "") -> Referral:
    """Make the company and the person of a referral here, once, and return it linked.

    `name` is what a person calls the company, over what the referral says. A company or person
    that is there already is taken, and keeps what it has. The referral's notes and `notes` become
    a note on the person; where nobody has a number they stay with the referral. Raises LeadRefused.
    """
    with held(referral_id) as row:
        if row.lead_made_at:
            return row
        take_turn()  # before any company is locked: an import locks in this order, too
        called = " ".join(name.replace("\0", "").split()) or row.customer_name
        company = _named(row, row.company_id or _company(row, called), called)
        _tell_tenant(row, company)
        row.notes = "\n\n".join(filter(None, (notes.strip(), notes_of(row.raw))))[:NOTE_MOST]
        row.notes = row.notes.replace("\0", "")
        row.contact = row.contact or _person(row, company)
        if row.contact and row.notes:
            add_note(row.contact, row.notes, user)
        is_by_hand = row.link_state == Referral.Link.MANUAL
        row.company, row.candidates, row.lead_made_at = company, [], timezone.now()
        row.link_state = Referral.Link.MANUAL if is_by_hand else Referral.Link.CREATED
        row.linked_by = user
        row.save(update_fields=[
            "company", "contact", "candidates", "lead_made_at", "link_state", "linked_by", "notes",
        ])  # fmt: skip
        made = f"{company}, {row.contact.display_name}" if row.contact else str(company)
        note(row, "lead", "", made, user)
    return row


def people(row: Referral) -> list[tuple[Member, Phone | None, str]]:
    """Return the customer's people, each with their number, or why it is none."""
    region = _region(row.country)
    found: list[tuple[Member, Phone | None, str]] = []
    for one in people_of(row.raw):
        try:
            found.append((one, parse(one.phone, region), ""))
        except PhoneRefused as why:
            found.append((one, None, why.reason))
    return found


def _company(row: Referral, called: str) -> int:
    """Return the id of the company of a referral's domain, else of that name; made if need be.

    Where nobody has a name for it the domain is one (XR-50).
    """
    called = called or row.domain
    if not name_key(called):
        raise LeadRefused(NOTHING)
    wanted = companies.Company(Named(called[:255], name_key(called), row.domain))
    known = companies.Directory()
    known.learn([wanted.named])
    found = known.find(wanted.named)
    companies.create([found], _fact(row))
    return found.id


def _named(row: Referral, company_id: int, called: str) -> Company:
    """Return the company, locked; one that is called by nothing, or its domain, gets the name."""
    company = Company.objects.select_for_update(no_key=True).get(pk=company_id)
    if company.name not in ("", company.domain) or not name_key(called):
        return company
    company.name, company.name_key = called[:255], name_key(called)
    company.provenance = company.provenance | {"name": _fact(row)}
    company.revision += 1
    company.save(update_fields=["name", "name_key", "provenance", "revision", "updated_at"])
    return company


def _tell_tenant(row: Referral, company: Company) -> None:
    """Keep the Azure tenant with who says so; who takes the company's mail is DNS's to say."""
    if not row.tenant_id:
        return
    fact = {**_fact(row), "value": row.tenant_id}
    company.provenance = company.provenance | {"azure_tenant_id": fact}
    company.save(update_fields=["provenance"])


def _person(row: Referral, company: Company) -> Contact | None:
    """Return the first of the customer's people who has a number, made where nobody has it.

    A contact of that number who is plainly somebody else is not taken.
    """
    known = people(row)
    held = held_back([
        Caller(phone.e164 if phone else "", one.email, one.full_name, phone.ext if phone else "")
        for one, phone, _ in known
    ])  # fmt: skip
    free = [(one, phone) for at, (one, phone, _) in enumerate(known) if at not in held]
    reached = next(((one, phone) for one, phone in free if phone), None)
    if reached is None:
        return None
    one, phone = reached
    there = Contact.objects.filter(phone_e164=phone.e164, phone_ext=phone.ext).order_by("pk")
    for contact in there:
        if not are_plainly_different(contact.full_name, one.full_name):
            return contact
    values: dict[str, Any] = {
        "first_name": one.first_name, "last_name": one.last_name,
        "full_name": one.full_name[:200], "email": _email(one.email),
        "country": row.country, "company": company,
    }  # fmt: skip
    said = [name for name, value in values.items() if value]
    return Contact.objects.create(
        phone_raw=one.phone, phone_e164=phone.e164, phone_ext=phone.ext,
        phone_country=phone.country, phone_is_valid=phone.is_valid,
        provenance=dict.fromkeys(said, _fact(row)), **values,
    )  # fmt: skip


def _fact(row: Referral) -> dict[str, Any]:
    at = timezone.now().isoformat(timespec="seconds")
    return {"by": f"{SOURCE}{row.pk}", "at": at, "sure": SURE}


def _region(country: str) -> str:
    """Return the region that a number without a country code is read in."""
    try:
        home(country.upper())
    except (ValueError, KeyError):
        return str(settings.DEFAULT_REGION)
    return country.upper()


def _email(said: str) -> str:
    return said if EMAIL.fullmatch(said) else ""

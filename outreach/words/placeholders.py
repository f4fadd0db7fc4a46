"""The names that a template may hold, and what each says of a contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from contacts.models import Contact

# What stands in a message is of the contact and of its company, and of nothing that the contact
# does not know of itself: no score, no price, no caller name of a directory.
PLACEHOLDERS: Mapping[str, str] = {
    "first_name": "First name",
    "last_name": "Last name",
    "full_name": "Full name",
    "email": "E-mail",
    "phone": "Number, as +14155550100",
    "position": "Position",
    "department": "Department",
    "city": "City",
    "state": "State",
    "company": "Company's name",
    "company_industry": "Company's industry",
    "company_city": "Company's city",
    "company_state": "Company's state",
    "company_website": "Company's website",
}
# What the predecessor's templates call them.
FORMER: Mapping[str, str] = {
    "formatted_phone_number": "phone",
    "business_name": "company",
    "business_industry": "company_industry",
    "business_city": "company_city",
    "business_state": "company_state",
    "caller_name": "full_name",
}
_OF_CONTACT: Mapping[str, Callable[[Contact], str]] = {
    "phone": lambda contact: contact.phone_e164,
    **{
        name: lambda contact, name=name: str(getattr(contact, name))  # type: ignore[misc]
        for name in (
            "first_name", "last_name", "full_name", "email", "position", "department", "city",
            "state",
        )
    },
}  # fmt: skip


def values_of(contact: Contact) -> dict[str, str]:
    """Return what each placeholder says of a contact, "" where nothing is known.

    Reads the contact's company: select it with the contact where there are many.
    """
    values = {name: read(contact) for name, read in _OF_CONTACT.items()}
    company = contact.company
    values |= {
        "company": company.name if company else "",
        "company_industry": company.industry if company else "",
        "company_city": company.city if company else "",
        "company_state": company.state if company else "",
        "company_website": (company.website or company.domain or "") if company else "",
    }
    return values

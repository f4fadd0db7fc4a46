"""What a typed search term can mean: the beginning of a number, an e-mail address or a name."""

from __future__ import annotations

import re

import phonenumbers
from django.conf import settings
from django.db.models import Q

# What people write between digits.
_PUNCTUATION = re.compile(r"[\s().\-/ ]+")


def contacts_matching(term: str) -> Q:
    """Return the condition on contacts; numbers without + are of the default region."""
    text = term.strip()
    compact = _PUNCTUATION.sub("", text)
    if re.fullmatch(r"\+?[0-9]{2,}", compact):
        return _numbers(compact)
    if "@" in text:
        return Q(email__startswith=text.lower())
    return (
        Q(full_name__istartswith=text)
        | Q(last_name__istartswith=text)
        | Q(company__name__istartswith=text)
        | Q(email__startswith=text.lower())
    )


def _numbers(digits: str) -> Q:
    if digits.startswith("+"):
        return Q(phone_e164__startswith=digits)
    code = phonenumbers.country_code_for_region(settings.DEFAULT_REGION)
    return Q(phone_e164__startswith=f"+{digits}") | Q(phone_e164__startswith=f"+{code}{digits}")

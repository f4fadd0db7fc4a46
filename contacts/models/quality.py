"""How much of a contact is known and may be relied on: one number that PostgreSQL keeps itself.

The rules are those of the program before ours, with two differences: a company counts however it
came, and the points add up to 100, where theirs could reach 105 and break their own constraint.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Greatest

USELESS_MAIL = ("invalid", "disposable", "do_not_mail", "spamtrap", "abuse")
RULES: tuple[tuple[str, Q, int], ...] = (
    ("The number is valid", Q(phone_is_valid=True), 20),
    ("The e-mail address is checked and valid", ~Q(email="") & Q(email_status="valid"), 20),
    (
        "There is an e-mail address that may be good",
        ~Q(email="") & ~Q(email_status__in=("valid", *USELESS_MAIL)),
        10,
    ),
    ("There is a company", Q(company__isnull=False), 20),
    ("There is a full name", ~Q(full_name=""), 15),
    ("First and last name are known", ~Q(first_name="") & ~Q(last_name=""), 5),
    ("There is a LinkedIn page", ~Q(linkedin_url=""), 5),
    ("The position is known", ~Q(position=""), 5),
    ("The risk is low", Q(sms_pumping_risk_level="low"), 10),
    ("The risk is high", Q(sms_pumping_risk_level="high"), -20),
)


def quality_field() -> models.GeneratedField:
    """Return the column: 0, when nothing is known or the risk outweighs it, to 100."""
    points = (Case(When(rule, then=Value(worth)), default=Value(0)) for _, rule, worth in RULES)
    total = next(points)
    for more in points:
        total = total + more  # type: ignore[assignment]
    return models.GeneratedField(
        expression=Greatest(total, Value(0)),
        output_field=models.PositiveSmallIntegerField(help_text="0 to 100."),
        db_persist=True,
    )

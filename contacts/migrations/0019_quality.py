"""The quality of a contact is computed by PostgreSQL. This writes the table anew: about half a
minute for a million contacts, in which nobody else reads it."""

from django.db import migrations, models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Greatest


def points(rule, worth):
    return Case(When(rule, then=Value(worth)), default=Value(0))


TOTAL = (
    points(Q(phone_is_valid=True), 20)
    + points(~Q(email="") & Q(email_status="valid"), 20)
    + points(
        ~Q(email="")
        & ~Q(
            email_status__in=(
                "valid",
                "invalid",
                "disposable",
                "do_not_mail",
                "spamtrap",
                "abuse",
            )
        ),
        10,
    )
    + points(Q(company__isnull=False), 20)
    + points(~Q(full_name=""), 15)
    + points(~Q(first_name="") & ~Q(last_name=""), 5)
    + points(~Q(linkedin_url=""), 5)
    + points(~Q(position=""), 5)
    + points(Q(sms_pumping_risk_level="low"), 10)
    + points(Q(sms_pumping_risk_level="high"), -20)
)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0018_erasure")]

    operations = [
        migrations.RemoveConstraint("contact", "contact_quality_range"),
        migrations.RemoveField("contact", "quality_score"),
        migrations.AddField(
            "contact",
            "quality_score",
            models.GeneratedField(
                expression=Greatest(TOTAL, Value(0)),
                output_field=models.PositiveSmallIntegerField(help_text="0 to 100."),
                db_persist=True,
            ),
        ),
    ]

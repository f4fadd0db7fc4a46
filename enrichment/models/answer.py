"""Answer: what a provider said to a question, bought once and reused until stale."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from integrations.wording import lookup_names


class Answer(models.Model):
    """Never changed once written; the newest of a question counts.

    `facts` is {field: [value, confidence]}; `raw` is the provider's own words. An `unknown`
    answer stands for a call whose outcome was hidden and whose price is above the account's
    threshold: it blocks the question until a person lets go of it (`answering.release_unknown`). A
    `pending` one holds the `ticket` of an answer that comes later, to be asked for from `due_at`;
    `observed_at` is when the provider took the question, and a day later it counts as a miss. A
    `broken` one keeps the words of an answer whose shape we do not know; it never counts.
    """

    class Outcome(models.TextChoices):
        HIT = "hit", "Answered"
        MISS = "miss", "Nothing known"
        UNKNOWN = "unknown", "Held: perhaps paid for"
        PENDING = "pending", "Answers later"
        BROKEN = "broken", "A form we do not know"

    id = models.UUIDField(primary_key=True, help_text="Sorts by time.")
    question_key = models.UUIDField()
    lookup = models.CharField(max_length=100)
    request_id = models.UUIDField(help_text="The ledger's row.")
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    facts = models.JSONField(default=dict)
    raw = models.JSONField(null=True)
    ticket = models.TextField(blank=True, db_default="")
    due_at = models.DateTimeField(null=True, blank=True, help_text="Of a pending one.")
    price_usd = models.DecimalField(max_digits=14, decimal_places=6, default=0)
    is_sandbox = models.BooleanField(default=False)
    observed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_outcome_known",
                condition=Q(outcome__in=["hit", "miss", "unknown", "pending", "broken"]),
            ),
        ]
        indexes = [
            # The engine and the estimate ask for the newest answer to a question.
            models.Index(name="answer_by_question", fields=["question_key"]),
            # The newest that nobody could read, for the alert.
            models.Index(name="answer_broken", fields=["-id"], condition=Q(outcome="broken")),
            # A callback brings the ticket that the provider was given.
            models.Index(name="answer_pending", fields=["lookup"], condition=Q(outcome="pending")),
        ]

    def __str__(self) -> str:
        return f"{lookup_names(self.lookup)}: {self.get_outcome_display().lower()}"

"""What was spent, added up by day, lookup and run, so that pages need not read the ledger."""

from __future__ import annotations

from django.db import models

from integrations.money import UsdField


class SpendDay(models.Model):
    """The ledger's sums of one day (UTC, of the calls' beginning), lookup and run.

    Written in the transaction that writes the calls, so that it adds up to them to the millionth.
    `lookup` is "provider.name"; of a call that a lost worker left and that asked several, all their
    names ("twilio.line_type+caller_name"), because nobody knows which of them was charged. `asked`
    counts questions: hits, misses and errors; `unknown` are the errors among them whose call may
    have been charged, for `unknown_usd` of `spent_usd`.
    """

    day = models.DateField()
    account_id = models.BigIntegerField()
    lookup = models.CharField(max_length=250)
    run_id = models.BigIntegerField(null=True)
    is_sandbox = models.BooleanField()
    asked = models.BigIntegerField(default=0)
    hits = models.BigIntegerField(default=0)
    misses = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)
    spent_usd = UsdField(default=0)
    unknown_usd = UsdField(default=0)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [
            # Led by the day: the page of spend reads spans of days.
            models.UniqueConstraint(
                name="spendday_once",
                fields=["day", "account_id", "lookup", "run_id", "is_sandbox"],
                nulls_distinct=False,
            ),
        ]
        indexes = [
            # What one run has cost.
            models.Index(
                name="spendday_by_run", fields=["run_id"], condition=models.Q(run_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lookup} {self.day}"

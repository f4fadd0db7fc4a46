"""Erasure: a person who is to be forgotten, first as work and then as the receipt; KeptOut."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models.worker import Leased

EMPTY = models.Value({}, models.JSONField())


class Erasure(Leased):
    """While it is worked `person` says who is meant; at its end that is emptied, for good.

    `hint` tells receipts apart without naming anybody. `counts` are by kind what went, `kept` is
    what stays in other people's words: proof without a name. `traces` are ids that rooms need to
    tell how far others are ({"crm": [deletion ids]}).
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        WORKING = "working", "Being erased"
        DONE = "done", "Erased"
        FAILED = "failed", "Given up"

    class Step(models.TextChoices):
        STOP = "stop", "Ends what is on its way"
        SEARCH = "search", "Looks for what else names the person"
        AGAIN = "again", "Looks once more"
        OVER = "over", "Over"

    hint = models.CharField(max_length=60)
    asked_by = models.CharField(
        "asked for by", max_length=200, help_text="Who asked for it, and how."
    )
    person = models.JSONField(default=dict, editable=False, help_text="Emptied at the end.")
    position = models.JSONField(default=dict, editable=False, db_default=EMPTY)
    counts = models.JSONField(default=dict, db_default=EMPTY)
    kept = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    traces = models.JSONField(default=dict, db_default=EMPTY)

    state = models.CharField(
        max_length=7, choices=State.choices, default=State.WAITING, db_default=State.WAITING
    )
    step = models.CharField(
        max_length=6, choices=Step.choices, default=Step.STOP, db_default=Step.STOP
    )
    words = models.CharField(max_length=300, blank=True, default="", db_default="")
    click = models.UUIDField(unique=True, help_text="The form it came from: sent twice, done once.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", db_index=False,
    )  # fmt: skip
    by_name = models.CharField("done by", max_length=150, blank=True, default="", db_default="")
    created_at = models.DateTimeField("started", db_default=Now())
    erased_at = models.DateTimeField("erased", null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("erase_contact", "Can erase a person")]
        constraints = [
            models.CheckConstraint(
                name="erasure_state_known",
                condition=Q(state__in=["waiting", "working", "done", "failed"]),
            ),
            models.CheckConstraint(
                name="erasure_step_known",
                condition=Q(step__in=["stop", "search", "again", "over"]),
            ),
            # A receipt names nobody.
            models.CheckConstraint(
                name="erasure_done_names_nobody", condition=~Q(state="done") | Q(person={})
            ),
        ]
        indexes = [
            # Workers claim what is due; the sweep rings for it.
            models.Index(
                name="erasure_open", fields=["id"], condition=Q(state__in=["waiting", "working"])
            ),
        ]

    def __str__(self) -> str:
        return f"Erasure {self.pk}: {self.hint}"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)


class KeptOut(models.Model):
    """A number or an e-mail of somebody erased, as a keyed digest: it tells them, and nobody else.

    Where others share the number or the address, the digest is of it together with the name.
    """

    class Of(models.TextChoices):
        PHONE = "phone", "Number"
        EMAIL = "email", "E-mail"
        DESK = "desk", "Number with its extension"
        NAMED = "named", "Number or e-mail, with the name"

    digest = models.CharField(max_length=64, primary_key=True)
    of = models.CharField(max_length=5, choices=Of.choices)
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="kept_out")
    since = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:12]


class DigestKey(models.Model):
    """The key of the digests, sealed; there is one, made with the first erasure."""

    sealed = models.TextField(editable=False)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="digestkey_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return "The key of digests"

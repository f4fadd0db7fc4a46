"""SignIn: one attempt of a person to sign a connection in, until it is done, declined or over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from crm_sync.models.connection import Connection


class SignIn(models.Model):
    """Kept here, so that any process can go on with it.

    `sealed` holds the verifier, or the device's code and the one for the person. Of the state and
    the browser's session only fingerprints are kept: what comes back must fit both, and the person,
    once.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for the person"
        TAKEN = "taken", "The answer is being used"
        DONE = "done", "Signed in"
        DECLINED = "declined", "Declined"
        EXPIRED = "expired", "Ran out"
        FAILED = "failed", "Failed"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sign_ins")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    grant = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    state_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    session_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    sealed = models.TextField(blank=True, default="", editable=False)
    redirect_uri = models.CharField(max_length=500, blank=True, default="")
    verification_uri = models.CharField(max_length=300, blank=True, default="")
    interval_s = models.PositiveIntegerField(default=5)
    poll_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    words = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="signin_state_once", fields=["state_hash"], condition=~Q(state_hash="")
            ),
            # A second attempt ends the first: two codes on two screens would confuse both.
            models.UniqueConstraint(
                name="signin_one_waiting", fields=["connection"], condition=Q(state="waiting")
            ),
            models.CheckConstraint(
                name="signin_state_known",
                condition=Q(
                    state__in=["waiting", "taken", "done", "declined", "expired", "failed"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.state}"

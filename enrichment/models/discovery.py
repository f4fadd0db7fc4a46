"""Discovery: businesses looked for in places; places are the queue, finds what was listed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contacts.models import Company, Import
from contacts.models.worker import Leased
from enrichment.models.fates import Counted, Fate
from enrichment.models.recipe import Recipe
from enrichment.models.run import Run
from integrations.money import UsdField

PER_PLACE_MOST = 300


class Discovery(Counted):
    """Searches over places, up to a cap; what they find ends in `record`, an import."""

    class State(models.TextChoices):
        READY = "ready", "Waits for approval"
        WORKING = "working", "Searching"
        PAUSED = "paused", "Paused"
        BLOCKED = "blocked", "Blocked"
        IMPORTING = "importing", "Importing"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=100, blank=True, help_text="Empty: businesses of any kind.")
    searches = models.JSONField(default=list, help_text="Slugs, in the order they are asked.")
    per_place = models.PositiveSmallIntegerField(default=60)
    cap_usd = UsdField(null=True, blank=True)
    recipe = models.ForeignKey(
        Recipe, null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Started over the contacts that were found; waits for its own approval.",
    )  # fmt: skip
    is_sandbox = models.BooleanField(default=False)

    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    reason = models.CharField(max_length=300, blank=True)
    blocked_by = models.CharField(max_length=60, blank=True, help_text='"cap:…", "provider:…"')
    estimate = models.JSONField(default=dict)

    place_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0, help_text="Places searched.")
    failed_count = models.PositiveIntegerField(default=0, help_text="Places given up.")
    by_search = models.JSONField(default=dict, help_text="{search: {fate or found: count}}")

    record = models.ForeignKey(
        Import, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    again_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    approved_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "discoveries"
        permissions = [("approve_discovery", "Can approve discovery, which spends money")]
        constraints = [
            models.CheckConstraint(
                name="discovery_state_known",
                condition=Q(
                    state__in=[
                        "ready", "working", "paused", "blocked", "importing", "done", "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="discovery_cap_not_negative", condition=Q(cap_usd=None) | Q(cap_usd__gte=0)
            ),
            models.CheckConstraint(
                name="discovery_per_place_range",
                condition=Q(per_place__range=(1, PER_PLACE_MOST)),
            ),
        ]  # fmt: skip
        indexes = [
            # Workers and the sweep look for discoveries that go on.
            models.Index(
                name="discovery_open",
                fields=["id"],
                condition=Q(state__in=["working", "blocked", "importing"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"Discovery {self.pk}"

    @property
    def budget_key(self) -> str:
        """The key of its row in `integrations.Budget`."""
        return f"discovery:{self.pk}"

    @property
    def may_be_raised(self) -> bool:
        """True while it stands still for its own cap."""
        return self.blocked_by.startswith("cap:discovery")

    @property
    def finished_count(self) -> int:
        return self.done_count + self.failed_count


class DiscoveryPlace(Leased, Counted):
    """One place of a discovery: a ZIP or words, or a circle (degrees and metres).

    `trace` is {search: {"pages", "bought", "found", "usd", "calls": [ids], "why"}}.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being searched"
        DONE = "done", "Searched"
        FAILED = "failed", "Failed"
        DEAD = "dead", "Given up"
        CANCELLED = "cancelled", "Cancelled"

    discovery = models.ForeignKey(
        Discovery, on_delete=models.CASCADE, related_name="places", db_index=False
    )
    near = models.CharField(max_length=100, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    radius_m = models.PositiveIntegerField(default=5_000)
    state = models.CharField(
        max_length=9, choices=State.choices, default=State.WAITING, db_default=State.WAITING
    )
    trace = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    cost_usd = UsdField(default=0, db_default=0)
    error = models.CharField(max_length=300, blank=True, db_default="")
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="discoveryplace_claimed_by_worker",
                condition=~Q(state="claimed") | Q(worker_id__isnull=False),
            ),
        ]
        indexes = [
            # Workers claim what is due.
            models.Index(
                name="discoveryplace_waiting",
                fields=["discovery", "id"],
                condition=Q(state="waiting"),
            ),
            # The sweep gives back what a lost worker held.
            models.Index(
                name="discoveryplace_claimed", fields=["worker_id"], condition=Q(state="claimed")
            ),
            # The table of places, and those that went wrong.
            models.Index(name="discoveryplace_of", fields=["discovery", "state", "id"]),
        ]

    def __str__(self) -> str:
        if self.latitude is None:
            return self.near
        return f"{self.radius_m / 1000:g} km around {self.latitude:g}, {self.longitude:g}"


class DiscoveryFind(models.Model):
    """One business as one search listed it in one place; `business` is our form of it.

    `same_as` is the find that spoke of the same business first; `line` is its row in the import.
    """

    discovery = models.ForeignKey(
        Discovery, on_delete=models.CASCADE, related_name="finds", db_index=False
    )
    place = models.ForeignKey(
        DiscoveryPlace, on_delete=models.CASCADE, related_name="finds", db_index=False
    )
    search = models.CharField(max_length=100)
    source_id = models.CharField(max_length=255)
    business = models.JSONField()
    answer_id = models.UUIDField(help_text="The page that lists it.")
    observed_at = models.DateTimeField()
    fate = models.CharField(max_length=8, choices=Fate.choices, blank=True, db_default="")
    same_as = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    line = models.PositiveIntegerField(null=True, blank=True)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_settled = models.BooleanField(default=False, db_default=False)

    objects = models.Manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="discoveryfind_once", fields=["place", "search", "source_id"]
            ),
        ]
        indexes = [
            # A discovery's finds are read in order when they are put together.
            models.Index(name="discoveryfind_of", fields=["discovery", "id"]),
            # What is not settled yet, in order.
            models.Index(
                name="discoveryfind_open", fields=["discovery", "id"], condition=Q(is_settled=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.business.get("name", self.source_id))

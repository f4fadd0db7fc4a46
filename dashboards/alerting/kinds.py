"""The kinds of alerts, their first thresholds, and what to do about each."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.models import Alert, AlertRule

DANGER, WARNING = Alert.Level.DANGER.value, Alert.Level.WARNING.value


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; `unit` is that of threshold and value, `page` the view that shows the thing.

    An event (`is_event`) has happened and never ends: nobody is told that it is over.
    """

    slug: str
    label: str
    unit: str
    level: str
    threshold: float
    clears_at: float
    for_s: int
    quiet_s: int
    todo: str
    page: str
    is_event: bool = False

    def rule(self) -> AlertRule:
        """Return the rule as it is before anybody edits it."""
        return AlertRule(
            kind=self.slug, threshold=self.threshold, clears_at=self.clears_at,
            for_s=self.for_s, quiet_s=self.quiet_s,
        )  # fmt: skip


QUEUES, CIRCUITS, HOME = "dashboards:queues", "dashboards:circuits", "admin:index"
BUDGETS, CALLS = "admin:integrations_budget_changelist", "admin:integrations_apicall_changelist"
ANSWERS = "admin:enrichment_answer_changelist"
LEADS = "admin:enrichment_leadscore_changelist"
REFERRALS = "admin:crm_sync_referral_changelist"
SUBSCRIPTIONS = "admin:webhooks_subscription_changelist"
CONNECTIONS = "admin:crm_sync_connection_changelist"
ERASURES = "admin:contacts_erasure_changelist"
KINDS = {
    kind.slug: kind
    for kind in (
        Kind("queue_depth", "Queue is deep", "items", WARNING, 1_000_000, 800_000, 300, 60,
             "Start more workers, or pause runs that can wait.", QUEUES),
        Kind("queue_age", "Work stands still", "seconds", WARNING, 600, 60, 0, 60,
             "Look whether workers are alive and circuits closed; start more workers.", QUEUES),
        Kind("no_worker", "No worker is alive", "seconds", DANGER, 120, 0, 0, 0,
             "Start the worker process, or read its log if it should be running.", QUEUES),
        Kind("beat_silent", "The scheduler is silent", "seconds", DANGER, 120, 60, 0, 0,
             "Start the beat process: without it nothing lost is given back and nobody is rung.",
             "admin:django_celery_beat_periodictask_changelist"),
        Kind("circuit_open", "A provider is not asked", "circuits", DANGER, 1, 0, 300, 30,
             "Look at its last error and its status page; reset the circuit once it is back.",
             CIRCUITS),
        Kind("failure_rate", "Calls to a provider fail", "%", WARNING, 50, 25, 60, 120,
             "Look at the calls that failed: the reason is with each.", CALLS),
        Kind("budget_near", "A budget is nearly used", "%", WARNING, 80, 79.99, 0, 0,
             "Raise the cap if the work is worth it; at 100 % the runs stand still.", BUDGETS),
        Kind("budget_used", "A budget is used up", "%", DANGER, 100, 99.99, 0, 0,
             "Runs that need it stand still until the cap is raised or the period ends.", BUDGETS),
        Kind("dead_letters", "Work was given up", "items", WARNING, 1, 0, 0, 0,
             "Mend the cause that each names, then replay them.", QUEUES),
        Kind("redis", "Redis is in trouble", "problems", DANGER, 1, 0, 30, 60,
             "Work goes on, slower and by each process's own view; bring Redis back.", HOME),
        Kind("postgres", "PostgreSQL runs out of connections", "%", DANGER, 85, 75, 60, 60,
             "Stop a worker or web process, or raise max_connections.", HOME),
        Kind("contract_broken", "A provider changed its answers", "answers", WARNING, 1, 0, 0, 60,
             "No contact was changed by them. Report it with the words of one, on the answers'"
             " page; asking again will not help before that is mended.", ANSWERS),
        Kind("subscription_off", "A subscription was switched off", "subscriptions", WARNING,
             1, 0, 0, 0, "Mend its address, then switch it on: what waits for it goes out then.",
             SUBSCRIPTIONS),
        Kind("referral_due", "A referral lapses", "referrals", WARNING, 1, 0, 0, 0,
             "Accept or decline it: after its deadline Partner Center takes no answer.", REFERRALS),
        Kind("connection_stopped", "A CRM needs somebody to sign in", "connections", DANGER,
             1, 0, 0, 0, "Open the connection: it says what to do. What changes meanwhile waits.",
             CONNECTIONS),
        Kind("erasure_stopped", "An erasure stands still", "erasures", DANGER, 1, 0, 0, 0,
             "Open the erasure, mend what it names and let it go on: somebody has a right to it.",
             ERASURES),
        Kind("lead_changed", "A lead's domain changed", "changes", WARNING, 1, 0, 0, 0,
             "Look at the lead: its history has the change.", LEADS, is_event=True),
    )
}  # fmt: skip


def rules() -> dict[str, AlertRule]:
    """Return the rule of every kind; what is missing is written with its first figures."""
    found = AlertRule.objects.in_bulk()
    if missing := [kind.rule() for slug, kind in KINDS.items() if slug not in found]:
        AlertRule.objects.bulk_create(missing, ignore_conflicts=True)
        found = AlertRule.objects.in_bulk()
    return {slug: found[slug] for slug in KINDS}

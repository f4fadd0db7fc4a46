"""The roles: what each may do, in words and as permissions; kept here and written by `prepare`."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction


@dataclass(frozen=True, slots=True)
class Role:
    """A role may do what those before it may, and what it `adds`."""

    name: str
    words: str
    adds: tuple[str, ...]


VIEWER = Role(
    "viewer",
    "Sees contacts, companies, imports, runs, discoveries, leads, answers and how the machine is. "
    "Changes nothing, downloads nothing.",
    (
        "contacts.view_company",
        "contacts.view_contact",
        "contacts.view_import",
        "contacts.view_suppression",
        "contacts.view_suppressionlist",
        "contacts.view_worker",
        "crm_sync.view_referral",
        "dashboards.view_alert",
        "dashboards.view_circuits",
        "dashboards.view_health",
        "dashboards.view_home",
        "dashboards.view_queues",
        "enrichment.view_answer",
        "enrichment.view_discovery",
        "enrichment.view_leadscore",
        "enrichment.view_run",
        "enrichment.view_runitem",
        "integrations.view_apicall",
        "outreach.view_campaign",
        "outreach.view_message",
    ),
)
OPERATOR = Role(
    "operator",
    "Also imports files and undoes imports of their own, edits contacts, notes and tags, puts "
    "numbers and lists on “do not contact”, makes and estimates runs and discoveries, pauses and "
    "resumes them, has domains looked at, and exports.",
    (
        "contacts.add_contacttag",
        "contacts.add_import",
        "contacts.add_note",
        "contacts.add_suppression",
        "contacts.add_suppressionlist",
        "contacts.change_company",
        "contacts.change_contact",
        "contacts.delete_contacttag",
        "contacts.export_contact",
        "contacts.retry_contact",
        "contacts.view_export",
        "crm_sync.link_referral",
        "crm_sync.view_conflict",
        "crm_sync.view_connection",
        "crm_sync.view_deletion",
        "crm_sync.view_link",
        "crm_sync.view_mapping",
        "crm_sync.view_outboxitem",
        "crm_sync.view_sync",
        "enrichment.add_discovery",
        "enrichment.add_run",
        "enrichment.change_discovery",
        "enrichment.change_run",
        "enrichment.scan_lead",
        "enrichment.view_recipe",
        "enrichment.view_upkeep",
        "outreach.add_campaign",
        "outreach.add_consent",
        "outreach.add_template",
        "outreach.change_campaign",
        "outreach.change_template",
        "outreach.send_message",
        "outreach.view_consent",
        "outreach.view_rules",
        "outreach.view_template",
        "webhooks.view_delivery",
        "webhooks.view_parcel",
    ),
)
MANAGER = Role(
    "manager",
    "Also approves runs and discoveries, which spends money, and sees what was spent; changes "
    "recipes, upkeep, prices, budgets and switches; undoes anybody's import, lets a file "
    "overwrite people's edits, lifts “do not contact”, replaces and deletes lists of it, "
    "deletes; replays what was given up; opens and resets circuits.",
    (
        "contacts.change_import",
        "contacts.change_suppressionlist",
        "contacts.delete_contact",
        "contacts.delete_export",
        "contacts.delete_import",
        "contacts.delete_suppressionlist",
        "contacts.download_any_export",
        "contacts.lift_suppression",
        "contacts.overwrite_edits_import",
        "contacts.reprocess_contact",
        "contacts.undo_bulkaction",
        "contacts.undo_import",
        "contacts.view_bulkaction",
        "contacts.view_exportdownload",
        "crm_sync.answer_referral",
        "crm_sync.change_connection",
        "crm_sync.change_mapping",
        "crm_sync.sync_connection",
        "dashboards.acknowledge_alert",
        "dashboards.change_alertrule",
        "dashboards.replay_dead",
        "dashboards.steer_circuits",
        "dashboards.view_flower",
        "dashboards.view_spend",
        "enrichment.add_recipe",
        "enrichment.add_recipefield",
        "enrichment.add_upkeep",
        "enrichment.approve_discovery",
        "enrichment.approve_run",
        "enrichment.change_answer",
        "enrichment.change_recipe",
        "enrichment.change_recipefield",
        "enrichment.change_upkeep",
        "enrichment.delete_recipe",
        "enrichment.delete_recipefield",
        "enrichment.delete_upkeep",
        "enrichment.view_recipefield",
        "enrichment.view_team",
        "enrichment.view_teammember",
        "integrations.add_accountlookup",
        "integrations.change_account",
        "integrations.change_accountlookup",
        "integrations.test_account",
        "integrations.view_account",
        "integrations.view_accountlookup",
        "integrations.view_budget",
        "integrations.view_exchange",
        "outreach.approve_campaign",
        "outreach.change_consent",
        "outreach.change_rules",
        "webhooks.replay_delivery",
        "webhooks.replay_parcel",
    ),
)
ADMIN = Role(
    "admin",
    "May do everything: also erase people, the secrets of accounts and CRMs, who is told of what, "
    "users, teams, roles and the schedule.",
    (
        "auth.add_group",
        "auth.add_user",
        "auth.change_group",
        "auth.change_user",
        "auth.delete_group",
        "auth.view_group",
        "auth.view_user",
        "contacts.erase_contact",
        "contacts.view_erasure",
        "crm_sync.add_connection",
        "crm_sync.sign_in_connection",
        "dashboards.change_alertchannel",
        "dashboards.steer_flower",
        "django_celery_beat.add_periodictask",
        "django_celery_beat.change_periodictask",
        "django_celery_beat.delete_periodictask",
        "django_celery_beat.view_periodictask",
        "enrichment.add_team",
        "enrichment.add_teammember",
        "enrichment.change_team",
        "enrichment.change_teammember",
        "enrichment.delete_team",
        "enrichment.delete_teammember",
        "integrations.change_secret",
        "webhooks.add_apikey",
        "webhooks.add_subscription",
        "webhooks.change_apikey",
        "webhooks.change_sender",
        "webhooks.change_subscription",
        "webhooks.delete_subscription",
        "webhooks.view_apikey",
        "webhooks.view_sender",
        "webhooks.view_subscription",
    ),
)
ROLES = (VIEWER, OPERATOR, MANAGER, ADMIN)
NAMES = tuple(role.name for role in ROLES)


def permissions_of(name: str) -> frozenset[str]:
    """Return what a role may do, as "app.codename"."""
    upto = ROLES[: NAMES.index(name) + 1]
    return frozenset(permission for role in upto for permission in role.adds)


@transaction.atomic
def ensure_roles() -> None:
    """Make the roles what this file says; groups made by hand stay as they are."""
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.order_by().values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role.name)
        group.permissions.set(known[one] for one in permissions_of(role.name) if one in known)

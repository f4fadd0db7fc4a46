"""The sidebar: what people come for, in the order in which they need it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

# Group, then (title, icon, app, model): an item is shown to whoever may view its list. Those of
# this room are pages.
GROUPS: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...] = (
    (
        "Contacts",
        (
            ("Contacts", "person", "contacts", "contact"),
            ("Companies", "apartment", "contacts", "company"),
            ("Imports", "upload_file", "contacts", "import"),
            ("Exports", "download", "contacts", "export"),
            ("Bulk actions", "checklist", "contacts", "bulkaction"),
            ("Do not contact", "do_not_disturb_on", "contacts", "suppression"),
            ("Do-not-contact lists", "playlist_remove", "contacts", "suppressionlist"),
            ("Erasures", "person_remove", "contacts", "erasure"),
        ),
    ),
    (
        "Enrichment",
        (
            ("Runs", "play_circle", "enrichment", "run"),
            ("Discovery", "travel_explore", "enrichment", "discovery"),
            ("Recipes", "menu_book", "enrichment", "recipe"),
            ("Answers", "inventory_2", "enrichment", "answer"),
            ("Leads", "travel_explore", "enrichment", "leadscore"),
            ("Upkeep", "update", "enrichment", "upkeep"),
        ),
    ),
    (
        "Outreach",
        (
            ("Campaigns", "campaign", "outreach", "campaign"),
            ("Messages", "sms", "outreach", "message"),
            ("Templates", "edit_note", "outreach", "template"),
            ("Consents", "verified_user", "outreach", "consent"),
            ("Sending rules", "gavel", "outreach", "rules"),
        ),
    ),
    (
        "CRM",
        (
            ("Connections", "hub", "crm_sync", "connection"),
            ("Syncs", "sync", "crm_sync", "sync"),
            ("Referrals", "handshake", "crm_sync", "referral"),
        ),
    ),
    (
        "Providers",
        (
            ("Accounts", "key", "integrations", "account"),
            ("API calls", "swap_horiz", "integrations", "apicall"),
            ("Budgets", "savings", "integrations", "budget"),
            ("Spend", "payments", "dashboards", "spend"),
        ),
    ),
    (
        "Operations",
        (
            ("Alerts", "notifications", "dashboards", "alert"),
            ("Circuits", "electrical_services", "dashboards", "circuits"),
            ("Queues", "low_priority", "dashboards", "queues"),
            ("Deliveries", "move_to_inbox", "webhooks", "delivery"),
            ("Senders", "input", "webhooks", "sender"),
            ("Subscriptions", "campaign", "webhooks", "subscription"),
            ("Parcels", "outbox", "webhooks", "parcel"),
            ("API keys", "vpn_key", "webhooks", "apikey"),
            ("Workers", "memory", "contacts", "worker"),
            ("Workers, live", "monitoring", "dashboards", "flower"),
            ("Schedule", "schedule", "django_celery_beat", "periodictask"),
            ("Users", "group", "auth", "user"),
            ("Teams", "groups", "enrichment", "team"),
            ("Roles", "shield_person", "auth", "group"),
        ),
    ),
)


# Who may do this sees the list too, with their own rows only.
ALSO = {"contacts.view_export": "contacts.export_contact"}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar as django-unfold reads it."""
    home = {"title": "Home", "icon": "home", "link": reverse_lazy("admin:index")}
    return [
        {"items": [home]},
        *(
            {"title": title, "separator": True, "items": [_item(*one) for one in items]}
            for title, items in GROUPS
        ),
    ]


def favicon(request: HttpRequest) -> str:
    """Return the address of the icon that a browser shows beside the title."""
    return static("dashboards/favicon.svg")


def stylesheet(request: HttpRequest) -> str:
    """Return the address of the styles of this room's pages."""
    return static("dashboards/dashboards.css")


def colours(request: HttpRequest) -> str:
    """Return the address of the colours that all styles use."""
    return static("dashboards/colours.css")


def policy(request: HttpRequest) -> str:
    """Return the address of what keeps scripts within the content security policy."""
    return static("dashboards/policy.js")


def keyboard(request: HttpRequest) -> str:
    """Return the address of what lets a keyboard reach the menu and the account."""
    return static("dashboards/keyboard.js")


def drafts(request: HttpRequest) -> str:
    """Return the address of what keeps typed text through a sign-in, and whose it is."""
    return f"{static('dashboards/drafts.js')}#{request.user.pk or ''}"


def without_inline_colours(request: HttpRequest) -> dict[str, None]:
    """Take away what django-unfold would write into each page as an inline style."""
    return {"colors": None, "border_radius": None}


def _item(title: str, icon: str, app: str, model: str) -> dict[str, Any]:
    is_page = app == "dashboards"
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(
            f"dashboards:{model}" if is_page else f"admin:{app}_{model}_changelist"
        ),
        "permission": _may_view(f"{app}.view_{model}"),
    }


def _may_view(permission: str) -> Callable[[HttpRequest], bool]:
    also = ALSO.get(permission, permission)
    return lambda request: request.user.has_perm(permission) or request.user.has_perm(also)

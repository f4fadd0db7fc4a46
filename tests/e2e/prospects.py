"""What stands in the office beside contacts and runs: finds, leads, an upkeep, a team, a budget."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_UP, Decimal

from django.contrib.auth.models import User
from django.utils import timezone

from contacts.models import Contact
from enrichment.discovery import service
from enrichment.keeping_up import keep_up
from enrichment.leads import scans
from enrichment.models import Discovery, Recipe, Team, TeamMember, Upkeep
from integrations.models import Account, Budget
from integrations.search import Wanted
from tests.e2e.waiting import until

# The sandbox knows dentists without a phone here.
PLACES = ("60601", "98101")
DOMAINS = ["acme-tools.test", "northernlights.test", "keystonefreight.test"]


def prospect(by: User) -> None:
    """Have businesses found, domains looked at, a recipe kept up, and people in a team."""
    discovery("bakery", by)
    service.approve(found := discovery("dentist", by), Decimal(5))
    until(found, "done")
    scans.start(DOMAINS, user=by, refused=[("gmail.com", "is consumer mail, never a company's")])
    phone = Recipe.objects.get(slug="phone")
    Upkeep.objects.create(name="Mobiles", recipe=phone, monthly_cap_usd=20)
    TeamMember.objects.create(team=Team.objects.create(name="Field sales"), user=by)


def discovery(kind: str, by: User) -> Discovery:
    """Make a discovery that waits for approval."""
    wanted = [Wanted(kind, near) for near in PLACES]
    return service.create(wanted, searches=["yelp.search"], per_place=60, user=by)


def age(first: str, days: str) -> None:
    """Have what is known of the contacts of numbers that begin so been said some days earlier."""
    then = timezone.now() - timedelta(days=int(days))
    for contact in Contact.objects.filter(phone_e164__startswith=f"+{first}"):
        for fact in contact.provenance.values():
            fact["at"] = then.isoformat()
        contact.enriched_at = then
        contact.save()


def tend_upkeep() -> None:
    """Do what the schedule does every hour."""
    keep_up()


def tighten(provider: str) -> None:
    """Let a provider spend a day only so much that 85 % of it are spent by now."""
    account = Account.objects.get(provider=provider)
    today = f"account:{account.pk}:{timezone.now():%Y-%m-%d}"
    spent = Budget.objects.get(key=today).spent_usd
    account.daily_cap_usd = (spent / Decimal("0.85")).quantize(Decimal("0.000001"), ROUND_UP)
    account.save()


def loosen() -> None:
    """Let every provider spend what it likes."""
    Account.objects.update(daily_cap_usd=None, monthly_cap_usd=None)

"""Subscriptions in the back office: made, edited, tried, given a new secret, on and off."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from webhooks.admin.subscription_form import SubscriptionForm
from webhooks.models import Parcel, Subscription
from webhooks.out import subscriptions
from webhooks.out.events import label_of
from webhooks.ringing import ring_out

CONDITIONS = {
    "on": ("success", "On"),
    "failing": ("warning", "Failing"),
    "resting": ("warning", "Failing, rests"),
    "off": ("", "Off"),
    "broken": ("danger", "Switched off by itself"),
}
SHOWN_ONCE = (
    "Copy the secret of {} now, it is shown only this once: <code>{}</code> Its receiver checks"
    " signatures with it."
)


@admin.register(Subscription)
class SubscriptionAdmin(ModelAdmin):
    form = SubscriptionForm
    list_display = ("name", "how", "where", "hears", "condition_shown", "told_last")
    ordering = ("name", "id")
    show_full_result_count = False
    list_per_page = 50
    actions = ("send_example", "rotate", "switch_on", "switch_off")
    acts = (
        ("send_example", "Send an example"), ("rotate", "Make a new secret"),
        ("switch_on", "Switch on"), ("switch_off", "Switch off"),
    )  # fmt: skip
    change_form_outer_before_template = "webhooks/acts.html"
    change_list_template = "contacts/list.html"
    empty_title = "Nobody is told of anything yet"
    empty_words = (
        "A subscription tells another system, a Slack channel or people by e-mail when a contact"
        " is enriched, a run or an import is finished, or a budget is reached."
    )
    empty_act = "Add the first subscription"

    class Media:
        css = {"all": ["webhooks/parcels.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        typed = ("name", "kind", "url", "recipients", "events", "terms", "daily_limit")
        return (*typed, *self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("condition_said", "why", "told_last", "parcels_link") if obj else ()

    def has_change_or_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.change_subscription")

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        secret = subscriptions.save(obj, form.cleaned_data["url"], by=request.user)
        if secret:
            messages.warning(request, format_html(SHOWN_ONCE, obj.name, secret))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say how many parcels go with them, without reading those."""
        names = [str(one) for one in objs]
        count = Parcel.objects.filter(subscription__in=list(objs)).count()
        return names, {"subscriptions": len(names), "parcels": count}, set(), []

    def delete_model(self, request: HttpRequest, obj: Subscription) -> None:
        subscriptions.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        for row in queryset:
            subscriptions.delete(row)

    @admin.action(description="Send an example", permissions=["change_or_act"])
    def send_example(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        on = [row for row in rows if row.is_enabled]
        for row in on:
            subscriptions.send_example(row)
        transaction.on_commit(ring_out)
        link = reverse("admin:webhooks_parcel_changelist")
        words = '{} on the way: <a href="{}" class="underline">see what comes of it</a>.'
        if on:
            messages.success(request, format_html(words, _counted(len(on), "example"), link))
        if len(on) < len(rows):
            messages.warning(request, "Those that are off get none: switch them on first.")

    @admin.action(description="Make a new secret", permissions=["change_or_act"])
    def rotate(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        signed = [row for row in rows if not row.says_words]
        for row in signed:
            messages.warning(request, format_html(SHOWN_ONCE, row.name, subscriptions.rotate(row)))
        if signed:
            messages.info(request, "For a day what is sent is signed with the former one too.")
        else:
            messages.info(request, "Slack and e-mail are not signed: they have no secret.")

    @admin.action(description="Switch on", permissions=["change_or_act"])
    def switch_on(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        count = subscriptions.switch_on(rows)
        transaction.on_commit(ring_out)
        messages.success(request, f"{count} switched on. What waited for them goes out now.")

    @admin.action(description="Switch off", permissions=["change_or_act"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        count = subscriptions.switch_off(rows)
        words = "What happens meanwhile is not told later; what waits goes out when they are on."
        messages.success(request, f"{count} switched off. {words}")

    @display(description="How", ordering="kind")
    def how(self, row: Subscription) -> str:
        return row.get_kind_display()

    @display(description="Hears of")
    def hears(self, row: Subscription) -> str:
        return ", ".join(label_of(kind) for kind in row.events)

    @display(description="State", label={colour: colour for colour, _ in CONDITIONS.values()})
    def condition_shown(self, row: Subscription) -> tuple[str, str]:
        return CONDITIONS[row.condition(timezone.now())]

    @display(description="State")
    def condition_said(self, row: Subscription) -> str:
        return CONDITIONS[row.condition(timezone.now())][1]

    @display(description="Where to", ordering="place")
    def where(self, row: Subscription) -> str:
        return row.place

    @display(description="Last delivered", ordering="delivered_at")
    def told_last(self, row: Subscription) -> str:
        return date_format(row.delivered_at, "DATETIME_FORMAT") if row.delivered_at else "Never"

    @display(description="Why")
    def why(self, row: Subscription) -> str:
        tried = Parcel.objects.filter(subscription=row, state__in=["waiting", "dead", "failed"])
        last = tried.exclude(outcome="").first()
        said = last.outcome if last and row.failing_since else ""
        return row.off_why or said or "-"

    @display(description="What it was told")
    def parcels_link(self, row: Subscription) -> str:
        link = f"{reverse('admin:webhooks_parcel_changelist')}?subscription={row.pk}"
        return format_html('<a href="{}" class="underline">Parcels of {}</a>', link, row.name)


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"

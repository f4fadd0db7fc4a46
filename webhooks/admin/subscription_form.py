"""The form of a subscription: what is typed is checked, and what is wrong said where it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from integrations import slack
from integrations.secrets import SecretUnreadable
from webhooks.models import Subscription
from webhooks.out import terms
from webhooks.out.events import OFFERED
from webhooks.out.subscriptions import opened
from webhooks.out.urls import problem_of

MOST_RECIPIENTS = 20
KIND = Subscription.Kind
NEEDED = "Say where to send it."


class SubscriptionForm(forms.ModelForm):  # type: ignore[type-arg] # for the type checker only
    kind = forms.ChoiceField(
        choices=KIND.choices, widget=UnfoldAdminRadioSelectWidget, initial=KIND.WEBHOOK,
        label="How it is told",
        help_text="A webhook gets JSON for each event. Slack and e-mail get words, gathered.",
    )  # fmt: skip
    url = forms.CharField(
        required=False, widget=UnfoldAdminTextInputWidget, label="Address",
        help_text="Of a webhook https://example.com/path; of Slack an incoming webhook. What is"
        " typed for Slack is shown to nobody again.",
    )  # fmt: skip
    recipients = forms.CharField(
        required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), label="Recipients",
        help_text="Of e-mail: addresses, one a line.",
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        choices=OFFERED, widget=UnfoldAdminCheckboxSelectMultipleWidget, label="Events"
    )
    terms = forms.CharField(
        required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), label="Only where",
        help_text="What must be true of an event, one a line: contact.state = NY, NJ or"
        " budget.percent >= 100 or contact.email is set. Empty for every event.",
    )  # fmt: skip
    daily_limit = forms.IntegerField(
        min_value=1, max_value=1000, initial=20, label="Messages a day",
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Of Slack and e-mail; what comes after them is told in one at the day's end.",
    )  # fmt: skip

    class Meta:
        model = Subscription
        fields = ("name", "kind", "recipients", "events", "terms", "daily_limit")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk is None or "kind" not in self.fields:
            return
        self.fields["kind"].disabled = True
        if self.instance.kind == KIND.WEBHOOK:
            try:
                self.fields["url"].initial = opened(self.instance).url
            except SecretUnreadable as why:
                self.fields["url"].help_text = str(why)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kind = found.get("kind")
        check = {KIND.WEBHOOK: self._webhook, KIND.SLACK: self._slack, KIND.EMAIL: self._email}
        if kind in check:
            check[KIND(kind)](found)
        self._terms(found)
        return found

    def _webhook(self, found: dict[str, Any]) -> None:
        url = found["url"] = found.get("url", "").strip()
        if problem := problem_of(url) if url else NEEDED:
            self.add_error("url", problem)

    def _slack(self, found: dict[str, Any]) -> None:
        url = found["url"] = found.get("url", "").strip()
        if not url and self.instance.pk:
            return
        if problem := slack.problem_of(url) if url else NEEDED:
            self.add_error("url", problem)

    def _email(self, found: dict[str, Any]) -> None:
        found["url"] = ""
        typed = found.get("recipients", "").replace(",", " ").replace(";", " ").split()
        if not typed or len(typed) > MOST_RECIPIENTS:
            self.add_error("recipients", f"1 to {MOST_RECIPIENTS} addresses.")
        for one in typed:
            try:
                validate_email(one)
            except ValidationError:
                self.add_error("recipients", f"“{one[:80]}” is no e-mail address.")
        found["recipients"] = "\n".join(typed)

    def _terms(self, found: dict[str, Any]) -> None:
        try:
            terms.read(found.get("terms", ""), found.get("events", []))
        except terms.Unfit as why:
            if "events" in found:
                self.add_error("terms", str(why))

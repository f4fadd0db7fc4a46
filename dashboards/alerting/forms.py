"""The forms of thresholds and channels; a webhook can be typed and never read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from contacts.admin.meanwhile import Meanwhile
from dashboards.alerting import channels
from dashboards.models import AlertRule
from integrations.slack import problem_of

DAY_S = 86_400
MOST_RECIPIENTS = 20


class RuleForm(Meanwhile, forms.ModelForm):  # type: ignore[type-arg]
    """One kind's figures."""

    class Meta:
        model = AlertRule
        fields = ("is_enabled", "threshold", "clears_at", "for_s", "quiet_s")
        widgets = {
            "is_enabled": UnfoldBooleanSwitchWidget(),
            **{
                name: UnfoldAdminDecimalFieldWidget()
                for name in ("threshold", "clears_at", "for_s", "quiet_s")
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("threshold", "clears_at"):
            value = float(self.initial[name])
            self.initial[name] = int(value) if value.is_integer() else value

    def clean(self) -> dict[str, Any]:
        held = self.cleaned_data
        threshold, clears_at = held.get("threshold"), held.get("clears_at")
        for name, value in (("threshold", threshold), ("clears_at", clears_at)):
            if value is not None and not 0 <= value <= 1e12:
                self.add_error(name, "Give a figure from 0 up.")
        if threshold is not None and clears_at is not None and clears_at >= threshold:
            self.add_error("clears_at", "It is over below the figure at which it is raised.")
        for name in ("for_s", "quiet_s"):
            if (held.get(name) or 0) > DAY_S:
                self.add_error(name, "At most a day, 86400 seconds.")
        return held


RuleFormSet = forms.modelformset_factory(AlertRule, form=RuleForm, extra=0, edit_only=True)


class SlackForm(Meanwhile, forms.Form):
    """Switch and webhook; what is set is never shown again."""

    is_enabled = forms.BooleanField(
        label="Send alerts to Slack", required=False, widget=UnfoldBooleanSwitchWidget()
    )
    webhook = forms.CharField(
        label="Incoming webhook",
        required=False,
        max_length=300,
        strip=True,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._held = channels.channel(channels.SLACK)
        super().__init__(*args, **kwargs)
        self.initial = {"is_enabled": self._held.is_enabled}
        known = "Set. Type a new one to replace it." if self._held.sealed else "Not set."
        self.fields["webhook"].help_text = known

    def clean_webhook(self) -> str:
        typed = str(self.cleaned_data["webhook"])
        if typed and (problem := problem_of(typed)):
            raise ValidationError(problem)
        return typed

    def clean(self) -> dict[str, Any]:
        held = self.cleaned_data
        has_webhook = held.get("webhook") or self._held.sealed or "webhook" in self.errors
        if held.get("is_enabled") and not has_webhook:
            self.add_error("webhook", "Type the webhook that Slack gave you.")
        return held

    def save(self) -> None:
        held = self.cleaned_data
        channels.set_slack(is_enabled=held["is_enabled"], typed=held["webhook"])


class EmailForm(Meanwhile, forms.Form):
    """Switch and recipients."""

    is_enabled = forms.BooleanField(
        label="Send alerts by e-mail", required=False, widget=UnfoldBooleanSwitchWidget()
    )
    recipients = forms.CharField(
        label="Recipients, one a line",
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        held = channels.channel(channels.EMAIL)
        super().__init__(*args, **kwargs)
        self.initial = {"is_enabled": held.is_enabled, "recipients": held.recipients}

    def clean_recipients(self) -> list[str]:
        typed = str(self.cleaned_data["recipients"]).replace(",", " ").split()
        found = list(dict.fromkeys(typed))
        if len(found) > MOST_RECIPIENTS:
            raise ValidationError(f"At most {MOST_RECIPIENTS}; use a list address for more.")
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(f"“{address[:60]}” is no e-mail address.") from None
        return found

    def clean(self) -> dict[str, Any]:
        held = self.cleaned_data
        if held.get("is_enabled") and not held.get("recipients") and not self.errors:
            self.add_error("recipients", "Name at least one recipient.")
        return held

    def save(self) -> None:
        held = self.cleaned_data
        channels.set_email(is_enabled=held["is_enabled"], recipients=held["recipients"])

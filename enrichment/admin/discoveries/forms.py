"""What a person decides about a discovery: where, what kind, which searches, and its cap."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from enrichment.admin.caps import CapForm
from enrichment.discovery.places import Places, PlacesRefused, read_places
from enrichment.discovery.service import fits
from enrichment.models import Discovery, Recipe
from enrichment.models.discovery import PER_PLACE_MOST
from enrichment.wording import cents_above
from integrations.accounts import Accounts
from integrations.money import usd
from integrations.registry import searches
from integrations.search import Search, Wanted

FILE_LIMIT = 2_000_000
PASTE_LIMIT = 1_000_000
IN_WORDS, CIRCLE = "places", "circle"
WHERE = ((IN_WORDS, "ZIPs or towns"), (CIRCLE, "Around a point"))
ORDINALS = ("First", "Then", "Then")


def cheapest_first() -> list[Search]:
    """Return every search at its account's price, what a business costs at least first."""
    accounts = Accounts()
    accounts.refresh()
    priced = [accounts.priced(one) for one in searches().values()]
    return sorted(priced, key=lambda one: one.price.usd / one.page_size)


def _choices(offered: Sequence[Search]) -> list[tuple[str, str]]:
    rows = [
        (one.slug, f"{one.label}: {usd(one.price.usd)} for {one.page_size} businesses")
        for one in offered
    ]
    return [("", "no further search"), *rows]


def _decimal(label: str, least: float, most: float, wrong: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(str(least)), max_value=Decimal(str(most)),
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any"}),
        error_messages={"min_value": wrong, "max_value": wrong, "invalid": wrong},
    )  # fmt: skip


class DiscoveryForm(forms.Form):
    """Where and what to look for; `wanted`, `chosen` and `places` are of a valid form."""

    where = forms.ChoiceField(
        choices=WHERE, initial=IN_WORDS, widget=UnfoldAdminRadioSelectWidget(radio_style=1)
    )
    places = forms.CharField(
        label="ZIPs or towns, one a line",
        required=False,
        strip=False,
        max_length=PASTE_LIMIT,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 7, "placeholder": "94103\n10001\nAustin, TX"}
        ),
        error_messages={"max_length": "This is too long to paste; bring it as a file."},
    )
    file = forms.FileField(label="Or a file of them", required=False, max_length=200)
    latitude = _decimal("Latitude", -90, 90, "A latitude is from -90 to 90, for example 37.77.")
    longitude = _decimal(
        "Longitude", -180, 180, "A longitude is from -180 to 180, for example -122.42."
    )
    radius_km = _decimal("Radius in km", 0.1, 50, "From 0.1 to 50 km.")
    kind = forms.CharField(
        label="Kind of business",
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "plumber"}),
    )
    per_place = forms.IntegerField(
        label="Businesses per place, at most",
        initial=60,
        min_value=1,
        max_value=PER_PLACE_MOST,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": "1", "max": str(PER_PLACE_MOST)}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            f"From 1 to {PER_PLACE_MOST} businesses.",
        ),
    )
    recipe = forms.ModelChoiceField(
        label="Then look the new contacts up",
        queryset=Recipe.objects.filter(is_archived=False),
        required=False,
        empty_label="not now",
        widget=UnfoldAdminSelectWidget(),
    )
    name = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        del self.fields["places"].widget.attrs["maxlength"]  # a browser would cut, and say nothing
        offered = cheapest_first()
        proposed = [one.slug for one in offered if fits(one.slug, is_circle=False)]
        for at, ordinal in enumerate(ORDINALS):
            self.fields[f"search_{at + 1}"] = forms.ChoiceField(
                label=ordinal, required=False, choices=_choices(offered),
                initial=proposed[at] if at < len(proposed) else "",
                widget=UnfoldAdminSelectWidget(),
            )  # fmt: skip
        self.found = Places()

    @property
    def ordered(self) -> list[Any]:
        """The selects of searches, in their order."""
        return [self[f"search_{at + 1}"] for at in range(len(ORDINALS))]

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if chosen.get("where") == CIRCLE:
            self._check_circle()
        elif "places" not in self.errors:
            self._read_places()
        self._check_searches()
        return chosen

    def _read_places(self) -> None:
        text, file = self.cleaned_data.get("places", ""), self.cleaned_data.get("file")
        if text.strip() and file:
            self.add_error("file", "Both a file and typed places: give one of the two.")
            return
        field = "file" if file else "places"
        try:
            self.found = read_places(_text_of(file) if file else text)
        except PlacesRefused as refused:
            for problem in refused.problems:
                self.add_error(field, problem)

    def _check_circle(self) -> None:
        for name, example in (("latitude", "37.77"), ("longitude", "-122.42"), ("radius_km", "5")):
            if name not in self.errors and self.cleaned_data.get(name) is None:
                self.add_error(name, f"Say which, for example {example}.")

    def _check_searches(self) -> None:
        is_circle = self.cleaned_data.get("where") == CIRCLE
        for at in range(len(ORDINALS)):
            name = f"search_{at + 1}"
            slug = self.cleaned_data.get(name)
            if slug and slug in self.chosen_before(at):
                self.add_error(name, "It is asked before already: choose another, or none.")
            elif slug and not fits(slug, is_circle=is_circle):
                where = "a point" if is_circle else "ZIPs or towns"
                self.add_error(name, f"It can't search {where}: choose another, or none.")
        if not self.errors and not self.chosen:
            self.add_error("search_1", "Choose at least one search.")

    def chosen_before(self, at: int) -> list[str]:
        return [self.cleaned_data.get(f"search_{one + 1}") or "" for one in range(at)]

    @property
    def chosen(self) -> list[str]:
        """The searches in their order."""
        return [slug for slug in self.chosen_before(len(ORDINALS)) if slug]

    @property
    def wanted(self) -> list[Wanted]:
        """Where and what to look for."""
        data = self.cleaned_data
        if data["where"] == CIRCLE:
            radius_m = int(data["radius_km"] * 1000)
            point = (float(data["latitude"]), float(data["longitude"]))
            return [Wanted(data["kind"], "", *point, radius_m)]
        return [Wanted(data["kind"], near) for near in self.found.near]


def _text_of(file: Any) -> str:
    if file.size > FILE_LIMIT:
        raise PlacesRefused(["The file is larger than 2 MB: split it."])
    content: bytes = file.read()
    if b"\0" in content:
        raise PlacesRefused(["This is no text: save it as CSV or text, with one place a line."])
    return content.decode("utf-8-sig", "replace")


def cap_form(row: Discovery, data: Any = None, *, may_raise: bool = True) -> CapForm:
    """Return the form of its cap; while it waits for approval, what the estimate says is most."""
    proposed = row.cap_usd
    if proposed is None and row.state == Discovery.State.READY:
        proposed = cents_above(row.estimate.get("max_usd", "0"))
    return CapForm(data, row=row, proposed=proposed, may_raise=may_raise)

"""What a person decides about a run: over whom, by which recipe, how; and its cap."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib.auth.models import User
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from contacts.models import Import
from contacts.selection import Selection, in_words
from enrichment.admin.caps import CapForm
from enrichment.models import Recipe, Run
from enrichment.wording import cents_above

IMPORTS_OFFERED = 50
MODES = (
    (Run.Mode.ALL, "All of them; what is known already is not bought again"),
    (Run.Mode.ONLY_EMPTY, "Only those that lack one of the recipe's fields"),
    (Run.Mode.ONLY_FAILED, "Only those that failed before"),
)


class StartForm(forms.Form):
    """A selection, a recipe and a mode; `named` is what the address says, if anything.

    `token` is the page's own: the same choice from the same page is one wish, however often sent.
    """

    token = forms.CharField(
        required=False, initial=lambda: str(uuid4()), widget=forms.HiddenInput()
    )

    over = forms.ChoiceField(
        label="Contacts", widget=UnfoldAdminRadioSelectWidget(radio_style=1), initial="all"
    )
    source = forms.ModelChoiceField(
        label="Which import",
        queryset=Import.objects.none(),
        required=False,
        empty_label="Choose an import",
        widget=UnfoldAdminSelectWidget(),
    )
    recipe = forms.ModelChoiceField(
        queryset=Recipe.objects.filter(is_archived=False),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
        error_messages={"required": "Choose what is to be looked up."},
    )
    mode = forms.ChoiceField(
        choices=MODES, widget=UnfoldAdminRadioSelectWidget(radio_style=1), initial=Run.Mode.ALL
    )
    name = forms.CharField(
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, named: Selection, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.named = named
        done = Import.objects.filter(state=Import.State.DONE).order_by("-pk")
        offered = list(done.values_list("pk", flat=True)[:IMPORTS_OFFERED])
        self.fields["source"].queryset = done.filter(pk__in=offered)  # type: ignore[attr-defined]
        choices = [("all", "All contacts"), ("import", "The contacts of an import")]
        if named:
            said = in_words(named)
            choices.insert(0, ("named", said[:1].upper() + said[1:]))
            self.initial.setdefault("over", "named")
        self.offers_imports = bool(offered)
        if not offered:
            choices.pop()
        self.fields["over"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        is_open = "source" not in self.errors and not chosen.get("source")
        if chosen.get("over") == "import" and is_open:
            self.add_error("source", "Choose the import.")
        return chosen

    @property
    def selection(self) -> Selection:
        """The chosen selection; of a valid form only."""
        over = self.cleaned_data["over"]
        if over == "import":
            return {"import": self.cleaned_data["source"].pk}
        return self.named if over == "named" else {}

    def key(self, user: User) -> str:
        """Return what tells this wish from all others; of a valid form only."""
        chosen = self.cleaned_data
        token = chosen["token"] or str(uuid4())
        wish = [token, user.pk, chosen["recipe"].pk, self.selection, chosen["mode"], chosen["name"]]
        return sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()


def cap_form(run: Run, data: Any = None, *, may_raise: bool = True) -> CapForm:
    return CapForm(data, row=run, proposed=proposed_cap(run), may_raise=may_raise)


def proposed_cap(run: Run) -> Decimal | None:
    """The run's own cap, else its recipe's, else what the estimate says is the most."""
    own: Decimal | None = run.cap_usd
    usual: Decimal | None = run.recipe.cap_usd
    if run.state != Run.State.READY or own is not None:
        return own
    most = cents_above((run.estimate or {}).get("max_usd", "0"))
    return most if usual is None else usual

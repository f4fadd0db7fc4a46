"""What is asked before an export: the format, the columns and their order, a name for them."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from unfold.widgets import UnfoldBooleanSwitchWidget

from contacts.exports import columns
from contacts.exports.columns import COLUMNS, GROUPS, Column
from contacts.exports.formats import FORMATS
from contacts.exports.sets import Layout
from contacts.models import ColumnSet, Export

_ORDER_LIMIT = 5_000


class ExportForm(forms.Form):
    """`column` are the columns ticked, `order` names all of them in the order wished for."""

    format = forms.ChoiceField(choices=Export.Format.choices)
    column = forms.MultipleChoiceField(
        choices=[(column.name, column.label) for column in COLUMNS.values()],
        error_messages={"required": "Choose at least one column."},
    )
    order = forms.CharField(required=False, max_length=_ORDER_LIMIT)
    with_sources = forms.BooleanField(
        required=False,
        label="With where each value comes from",
        widget=UnfoldBooleanSwitchWidget(attrs={"aria-describedby": "sources-help"}),
    )
    set_name = forms.CharField(
        required=False, max_length=ColumnSet._meta.get_field("name").max_length
    )

    def __init__(self, data: QueryDict | None, *, layout: Layout, is_saving: bool) -> None:
        self._layout, self._is_saving = layout, is_saving
        super().__init__(data, initial={"with_sources": layout.with_sources})

    def clean_set_name(self) -> str:
        name = " ".join(self.cleaned_data["set_name"].replace("\0", "").split())
        if self._is_saving and not name:
            raise forms.ValidationError("Give the set a name.")
        return name

    @property
    def layout(self) -> Layout:
        """What was chosen; to be asked of a valid form."""
        said = self.cleaned_data
        return Layout(_ordered(said["column"], said["order"]), said["format"], said["with_sources"])

    @property
    def chosen(self) -> Sequence[str]:
        """The columns ticked, in their order: as sent, else as they were kept."""
        if not self.is_bound:
            return self._layout.columns
        assert isinstance(self.data, QueryDict)
        return _ordered(self.data.getlist("column"), self.data.get("order", ""))

    @property
    def groups(self) -> list[tuple[str, list[tuple[Column, bool]]]]:
        """Each group with its columns, and whether they are ticked."""
        ticked = set(self.chosen)
        return [
            (group, [(c, c.name in ticked) for c in COLUMNS.values() if c.group == group])
            for group in GROUPS
        ]

    @property
    def formats(self) -> list[tuple[str, str, str, bool]]:
        """Each format: value, label, what it is for, whether it is chosen."""
        wanted = self.data.get("format") if self.is_bound else self._layout.format
        return [(n, label, FORMATS[n].about, n == wanted) for n, label in Export.Format.choices]


def _ordered(names: Sequence[str], order: str) -> list[str]:
    """The names as `order` has them; those that it does not name come last, as they are."""
    places = {name: at for at, name in enumerate(order.split(","))}
    return sorted(columns.known(names), key=lambda name: places.get(name, len(places)))

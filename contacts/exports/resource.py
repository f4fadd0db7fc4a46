"""What an export shows of a contact, as a resource of django-import-export, read in pages."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value
from django.db.models import Field as DjangoField
from import_export.fields import Field
from import_export.resources import ModelResource

from contacts import selection as selections
from contacts.exports.columns import COLUMNS, OF_COMPANY, SOURCES
from contacts.models import Contact

PAGE = 2_000
Row = tuple[Any, ...]


class ContactResource(ModelResource):  # type: ignore[misc]  # the library is untyped
    """The chosen columns in their order; with sources, what provenance says follows each value.

    The library declares and names the columns. Its own export makes an object and a dataset of
    every row, so rows are read as values instead, and each format writes them as they come.
    """

    company = Field("company__name", COLUMNS["company"].label)
    company_domain = Field("company__domain", COLUMNS["company_domain"].label)

    class Meta:
        model = Contact
        fields = tuple(name for name in COLUMNS if name not in OF_COMPANY)

    def __init__(self, columns: Sequence[str], *, with_sources: bool = False) -> None:
        self.columns = tuple(columns)
        self.with_sources = with_sources
        super().__init__()
        for name, label in OF_COMPANY.items():
            self.fields[name] = Field(name.replace("company_", "company__", 1), label)

    @classmethod
    def field_from_django_field(
        cls, field_name: str, django_field: DjangoField[Any, Any], readonly: bool
    ) -> Field:
        field = super().field_from_django_field(field_name, django_field, readonly)
        field.column_name = COLUMNS[field_name].label
        return field

    def get_export_order(self) -> tuple[str, ...]:
        return self.columns

    def headings(self) -> list[str]:
        """What stands above each column."""
        labels = self.get_export_headers(selected_fields=self.columns)
        sources = [label for _, _, label in SOURCES]
        return self._spread(labels, lambda label: [f"{label} {source}" for source in sources])

    def names(self) -> list[str]:
        """What each value is called in JSON."""
        sources = [name for _, name, _ in SOURCES]
        return self._spread(self.columns, lambda name: [f"{name}_{source}" for source in sources])

    def _spread(self, own: Sequence[str], others: Callable[[str], list[str]]) -> list[str]:
        spread: list[str] = []
        for name, each in zip(self.columns, own, strict=True):
            spread.append(each)
            if self._is_sourced(name):
                spread += others(each)
        return spread

    def _is_sourced(self, name: str) -> bool:
        return self.with_sources and COLUMNS[name].has_source

    def values(self, contacts: QuerySet[Contact]) -> list[Row]:
        """Return a row of values for each contact, as long as `headings`."""
        fields = self.get_export_fields(selected_fields=self.columns)
        attributes = [field.attribute for field in fields]
        if not any(map(self._is_sourced, self.columns)):
            return list(contacts.values_list(*attributes))
        rows = contacts.values_list(*attributes, "provenance")
        return [self._with_sources(row[:-1], row[-1]) for row in rows]

    def _with_sources(self, row: Row, provenance: Mapping[str, Mapping[str, Any]]) -> Row:
        values: list[Any] = []
        for name, value in zip(self.columns, row, strict=True):
            values.append(value)
            if self._is_sourced(name):
                fact = provenance.get("company" if name == "company_domain" else name, {})
                values += [fact.get(key) for key, _, _ in SOURCES]
        return tuple(values)


class Rows:
    """The rows of a selection in pages, in the order of the contacts' ids.

    The contacts are settled first, so that each page is a short look by key, whatever the filters:
    no transaction stays open while a slow reader takes its time, and one contact is no two rows.
    Those deleted meanwhile are left out. `total` is None until they are settled.
    """

    def __init__(
        self,
        selection: Mapping[str, Any],
        resource: ContactResource,
        on_page: Callable[[Rows], None] = lambda rows: None,
        page_rows: int = PAGE,
    ) -> None:
        self.total: int | None = None
        self.written = 0
        self.resource = resource
        self._selection, self._on_page, self._page_rows = selection, on_page, page_rows

    def __iter__(self) -> Iterator[list[Row]]:
        """Raises SelectionRefused for a selection that names a filter that does not exist."""
        ids = ids_of(selections.contacts(self._selection))
        self.total = len(ids)
        self._on_page(self)
        for start in range(0, len(ids), self._page_rows):
            there = _among(ids[start : start + self._page_rows])
            page = Contact.objects.filter(there).order_by("pk")
            rows = self.resource.values(page)
            self.written += len(rows)
            yield rows
            self._on_page(self)


def _among(ids: array[int]) -> Func:
    """The condition `pk__in`, as one parameter: Django spends 15 ms on each page's 2,000."""
    given = Value(list(ids), output_field=ArrayField(BigIntegerField()))
    return Func(
        F("pk"), given, template="%(expressions)s)", arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )  # fmt: skip


def ids_of(contacts: QuerySet[Contact]) -> array[int]:
    """Return the ids in order, eight bytes each."""
    sql, params = contacts.order_by("pk").values_list("pk").query.sql_with_params()
    ids = array("q")
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT", params) as copy:
        ids.extend(int(line) for line in copy)
    return ids

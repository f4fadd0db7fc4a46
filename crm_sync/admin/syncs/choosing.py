"""Records of which several there fit, or that are left alone: a person says which it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from contacts.admin.pages import person
from contacts.numerals import whole
from crm_sync import services
from crm_sync.admin.access import connection_or_404
from crm_sync.admin.syncs import records
from crm_sync.admin.syncs.access import sees
from crm_sync.admin.syncs.shelf import frame, place, rows_of_page
from crm_sync.connecting.setting_up import note
from crm_sync.connector import Field
from crm_sync.models import Connection, Link
from crm_sync.record_pages import record_page
from crm_sync.wording import OBJECTS

STATES = {"several": Link.State.SEVERAL, "left": Link.State.DETACHED}
ACTS: dict[str, tuple[Callable[[Link], None], str]] = {
    "new": (services.make_new, "a new record is made there with the next sync"),
    "leave": (services.detach, "its record there is left alone from now on"),
}
TOLD = 8  # values of a candidate
NONE_OF_THEM = "That one does not fit any more: choose again."
HAS_ONE = "It has a record there already: choose another, or leave it alone."


class ChoiceForm(forms.Form):
    """Which record there is ours: one of those that fit, or another by its id."""

    chosen = forms.CharField(max_length=100, required=False)
    other = forms.RegexField(
        r"^[\w.:{}-]+$", label="Another one, by its id there", max_length=100, required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "An id of the CRM has no blanks: copy it from its page there."},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if not self.errors and not (typed.get("other") or typed.get("chosen")):
            self.add_error("other", "Choose one of them, or type the id of another.")
        return typed

    @property
    def remote_id(self) -> str:
        found: str = self.cleaned_data.get("other") or self.cleaned_data["chosen"]
        return found


def choose(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    return _page(office, request, connection_or_404(pk))


def settle(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person's word for which record there is ours."""
    of, number = connection_or_404(pk), whole(request.POST.get("link", ""))
    link = _links(of).filter(pk=number).first() if number else None
    if link is None:
        raise Http404("this connection has no such link")
    form, act = ChoiceForm(request.POST), request.POST.get("do", "")
    said = _chosen(link, form) if act == "choose" else _acted(link, form, act)
    if said is None:
        return _page(office, request, of, link, form)
    note(of, person(request), f"{OBJECTS.get(link.object, link.object)}, link {link.pk}: {said}")
    again = f"{place(of, 'choose')}?{urlencode({'link': link.pk})}"
    words = '{}. <a class="underline" href="{}">Choose again</a>'
    messages.success(request, format_html(words, said.capitalize(), again))
    return HttpResponseRedirect(place(of, "choose"))


def _chosen(link: Link, form: ChoiceForm) -> str | None:
    if not form.is_valid():
        return None
    known = [str(one) for one in link.candidates]
    if form.remote_id not in known and not form.cleaned_data.get("other"):
        form.add_error("other", NONE_OF_THEM)
        return None
    try:
        services.choose(link, form.remote_id)
    except services.SyncRefused as refused:
        form.add_error("other", str(refused))
        return None
    return f"it is {form.remote_id} there; what differs is settled with the next sync"


def _acted(link: Link, form: ChoiceForm, act: str) -> str | None:
    if act not in ACTS:
        raise Http404("choose, make a new one, or leave it alone")
    if act == "new" and not may_be_new(link):
        form.is_valid()
        form.add_error("other", HAS_ONE)
        return None
    step, said = ACTS[act]
    step(link)
    return said


def may_be_new(link: Link) -> bool:
    """Tell whether another may be made: not while one there bears our key."""
    return not link.remote_id or not link.agreed


def _links(of: Connection) -> Any:
    rows = Link.objects.filter(connection=of)
    return rows.select_related("connection").defer("connection__secrets", "connection__token")


def _page(
    office: ModelAdmin, request: HttpRequest, of: Connection,
    wrong: Link | None = None, form: ChoiceForm | None = None,
) -> HttpResponse:  # fmt: skip
    """All that wait, those left alone, or the one that the address names, in any state."""
    kind = request.GET.get("kind", "")
    one = wrong.pk if wrong else whole(request.GET.get("link", ""))
    state = STATES.get(kind, Link.State.SEVERAL)
    rows = _links(of).filter(pk=one) if one else _links(of).filter(state=state)
    page = rows_of_page(request, rows)
    return frame(
        office, request, of, "choose", page=page, kind="" if one else state, one=one,
        lines=_lines(request.user, of, list(page), form),
        query=urlencode({"kind": kind} if kind in STATES else {}),
        settle_link=place(of, "choose_settle"),
    )  # fmt: skip


def _lines(
    user: Any, of: Connection, links: Sequence[Link], sent: ChoiceForm | None
) -> list[dict[str, Any]]:
    names = records.named_all(user, [(one.object, records.subject_of(one)) for one in links])
    ids = {str(remote_id) for one in links for remote_id in one.candidates}
    taken = _taken(user, of, ids) if ids else {}
    fields = records.described(of.pk) if ids else {}
    return [
        {
            "link": one,
            "record": names[one.object, records.subject_of(one)],
            "words": records.said_to(user, one.object, one.words),
            "about": OBJECTS.get(one.object, one.object),
            "candidates": [
                _candidate(of, one, str(each), taken, told=_told(user, one, str(each), fields))
                for each in one.candidates
            ],
            "there": record_page(of, one.object, one.remote_id),
            "may_be_new": may_be_new(one),
            "form": sent or ChoiceForm(auto_id=f"id_{one.pk}_%s"),
        }
        for one in links
    ]


def _candidate(
    of: Connection, link: Link, remote_id: str, taken: dict[tuple[str, str], tuple[int, Any]],
    *, told: Sequence[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    owner, record = taken.get((link.object, remote_id), (link.pk, None))
    return {
        "id": remote_id,
        "page": record_page(of, link.object, remote_id),
        "is_ours": remote_id == link.remote_id,
        "owner": record if owner != link.pk else None,
        "told": told,
    }


def _told(
    user: Any, link: Link, remote_id: str, fields: Mapping[str, Mapping[str, Field]]
) -> list[tuple[str, str]]:
    """Return what stood in a candidate when it was found, for those who may see such values."""
    of, values = fields.get(link.object, {}), link.candidate_values.get(remote_id, [])
    if not sees(user, link.object):
        return []
    return [
        (records.label_of(of, name), records.shown(value, of.get(name)))
        for name, value in values[:TOLD]
    ]


def _taken(user: Any, of: Connection, ids: set[str]) -> dict[tuple[str, str], tuple[int, Any]]:
    """Return whose the candidates are already: (object, remote id) to the link and its record."""
    rows = list(Link.objects.filter(connection=of, remote_id__in=ids))
    names = records.named_all(user, [(one.object, records.subject_of(one)) for one in rows])
    return {
        (one.object, one.remote_id): (one.pk, names[one.object, records.subject_of(one)])
        for one in rows
    }

"""A referral's page: what it says, what became of it, and what a person can do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.pages import READ, WRITE, go_to, person, show
from contacts.models import Company
from crm_sync.admin.referrals.forms import AnswerForm, LeadForm, LinkForm
from crm_sync.models import Referral
from crm_sync.referrals import answering, leads, linking
from crm_sync.referrals.schema import notes_of, partners_of
from crm_sync.referrals.transitions import may_answer
from integrations.redaction import redact

ROWS = Referral.objects.select_related("connection", "company", "contact", "linked_by", "answer_by")
CHANGES = 50
REFUSALS = (linking.LinkRefused, leads.LeadRefused, answering.AnswerRefused)
WORDS = {
    "accept": ("Accept this referral?", "Accept it",
               "Partner Center is told with the next sync. The customer then expects you to call."),
    "decline": ("Decline this referral?", "Decline it",
                "Partner Center is told with the next sync. After that it cannot be taken back."),
}  # fmt: skip


def may_view(user: Any, row: Referral) -> bool:
    return bool(user.has_perm("crm_sync.view_referral"))


def may_link(user: Any, row: Referral) -> bool:
    return bool(user.has_perm("crm_sync.link_referral"))


def may_decide(user: Any, row: Referral) -> bool:
    return bool(user.has_perm("crm_sync.answer_referral"))


def page(office: ModelAdmin, request: HttpRequest, row: Referral) -> HttpResponse:
    """Everything about a referral, with empty forms."""
    return standing(office, request, row)


def standing(
    office: ModelAdmin, request: HttpRequest, row: Referral, **forms_: forms.Form
) -> HttpResponse:
    """The page, with a form that may say what is wrong with what was typed."""
    user, is_open = request.user, may_answer(row.status, "accept") and not row.answer
    is_lead = row.lead_made_at is not None
    may = {
        "answer": is_open and may_decide(user, row),
        "withdraw": bool(row.answer) and may_decide(user, row),
        "link": may_link(user, row) and not is_lead,
        "unlink": may_link(user, row) and row.link_state == Referral.Link.MANUAL and not is_lead,
        "lead": may_link(user, row) and not is_lead,
    }
    raw = orjson.dumps(redact(row.raw), option=orjson.OPT_INDENT_2).decode()
    candidates = Company.objects.filter(pk__in=row.candidates).order_by("name", "pk")
    return show(
        office, request, "crm_sync/referral/page.html", str(row), referral=row, may=may, raw=raw,
        link_form=forms_.get("link") or LinkForm(other=bool(row.candidates)),
        lead_form=forms_.get("lead") or LeadForm(),
        candidates=candidates.only("name", "domain") if row.candidates else (),
        people=leads.people(row), partners=partners_of(row.raw), said=notes_of(row.raw),
        changes=row.changes.select_related("by")[:CHANGES],
    )  # fmt: skip


def link(office: ModelAdmin, request: HttpRequest, row: Referral) -> HttpResponse:
    """Link with the company that was chosen, else with the one that was typed."""
    offered = {str(one): one for one in row.candidates}
    chosen = request.POST.get("chosen", "")
    if chosen in offered:
        company_id = offered[chosen]
    else:
        form = LinkForm(request.POST, other=bool(row.candidates))
        if not form.is_valid():
            return standing(office, request, row, link=form)
        company_id = form.cleaned_data["company"]
    return _take(
        office, request, row, "linked",
        lambda user: linking.link_by_hand(row.pk, company_id, user),
    )  # fmt: skip


def unlink(office: ModelAdmin, request: HttpRequest, row: Referral) -> HttpResponse:
    return _take(
        office, request, row, "given back to linking by domain",
        lambda user: linking.unlink(row.pk, user),
    )  # fmt: skip


def lead(office: ModelAdmin, request: HttpRequest, row: Referral) -> HttpResponse:
    form = LeadForm(request.POST)
    if not form.is_valid():
        return standing(office, request, row, lead=form)
    return _take(
        office, request, row, "made a lead",
        lambda user: leads.make_lead(row.pk, user, **form.cleaned_data),
    )  # fmt: skip


def accept(office: ModelAdmin, request: HttpRequest, row: Referral) -> HttpResponse:
    return _decide(office, request, row, "accept")


def decline(office: ModelAdmin, request: HttpRequest, row: Referral) -> HttpResponse:
    return _decide(office, request, row, "decline")


def withdraw(office: ModelAdmin, request: HttpRequest, row: Referral) -> HttpResponse:
    return _take(
        office, request, row, "not answered: the answer is taken back",
        lambda user: answering.withdraw(row.pk, user),
    )  # fmt: skip


def _decide(office: ModelAdmin, request: HttpRequest, row: Referral, answer: str) -> HttpResponse:
    """Ask whether it is meant, then keep the answer for the next sync."""
    form = AnswerForm(request.POST or None, needs_reason=answer == "decline")
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data.get("reason", "")
        return _take(
            office, request, row, "answered: Partner Center is told with the next sync",
            lambda user: answering.decide(row.pk, answer, user, reason),
        )  # fmt: skip
    question, button, words = WORDS[answer]
    return show(
        office, request, "crm_sync/referral/answer.html", question, referral=row, form=form,
        button=button, words=words, is_danger=answer == "decline",
    )  # fmt: skip


def _take(
    office: ModelAdmin, request: HttpRequest, row: Referral, what: str,
    act: Callable[[User], object],
) -> HttpResponse:  # fmt: skip
    try:
        act(person(request))
        office.log_change(request, row, what)
        messages.success(request, f"The referral is {what}.")
    except REFUSALS as refused:
        messages.warning(request, str(refused))
    return go_to(row)


# Address, view, who may, how.
PAGES = (
    ("link", link, may_link, WRITE),
    ("unlink", unlink, may_link, WRITE),
    ("lead", lead, may_link, WRITE),
    ("accept", accept, may_decide, (*READ, *WRITE)),
    ("decline", decline, may_decide, (*READ, *WRITE)),
    ("withdraw", withdraw, may_decide, WRITE),
)

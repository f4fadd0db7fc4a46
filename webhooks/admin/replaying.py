"""Lists whose rows can be had again: those that are ticked, or all that a filter shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods
from unfold.paginator import InfinitePaginator

from contacts.admin.base import ToLookAt

AT_ONCE = 10_000


class ToReplay(ToLookAt):
    """`again_done` says what came of it, `again_words` what it means; both next to a number."""

    paginator = InfinitePaginator
    change_list_template = "webhooks/again.html"
    again_all = "Work all of these again …"
    again_asked = "Work them again?"
    again_button = "Work {:,} again"
    again_done = "{:,} will be worked again."
    again_words = ""

    def has_replay_permission(self, request: HttpRequest) -> bool:
        opts = self.opts
        return request.user.has_perm(f"{opts.app_label}.replay_{opts.model_name}")

    def ended(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return those that can be had again."""
        raise NotImplementedError

    def replay(self, rows: QuerySet[Any]) -> int:
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        everything = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.all))
        name = f"{self.opts.app_label}_{self.opts.model_name}_replay"
        return [path("replay/", everything, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        mine = {"may_replay": self.has_replay_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **mine})

    def all(self, request: HttpRequest) -> HttpResponse:
        """Ask whether, and then have all again that the list shows, AT_ONCE at most."""
        if not self.has_replay_permission(request):
            raise PermissionDenied
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        try:
            shown = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(back)
        ids = list(self.ended(shown).order_by("-id").values_list("pk", flat=True)[:AT_ONCE])
        if request.method == "POST":
            count = self.replay(self.model.objects.filter(pk__in=ids))
            messages.success(request, self.again_done.format(count))
            return HttpResponseRedirect(back)
        return TemplateResponse(
            request, "webhooks/replay.html",
            {
                **self.admin_site.each_context(request), "title": self.again_asked,
                "count": len(ids), "most": AT_ONCE, "words": self.again_words,
                "button": self.again_button.format(len(ids)),
                "back": f"{back}?{request.GET.urlencode()}", "opts": self.opts,
            },
        )  # fmt: skip

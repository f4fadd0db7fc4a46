"""The back office of connections: a card each, the page of one, and how one is added."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.debug import sensitive_post_parameters
from unfold.admin import ModelAdmin

from crm_sync.admin import connection_page, entering
from crm_sync.admin.access import ADD, CHANGE, SEE, SIGN_IN, SYNC
from crm_sync.admin.syncs import access, choosing, lists, of_connection, refused
from crm_sync.models import Connection
from integrations.admin.access import READ, WRITE, page

# Address below a connection's, view, methods, what it takes besides seeing the connection.
PAGES = (
    ("test", connection_page.test, WRITE, (SYNC,)),
    ("start", of_connection.start, WRITE, (SYNC,)),
    ("refused", refused.refused, READ, (access.REFUSED,)),
    ("refused/again", refused.again, WRITE, (SYNC,)),
    ("choose", choosing.choose, READ, (access.LINKS,)),
    ("choose/settle", choosing.settle, WRITE, (SYNC,)),
    ("conflicts", lists.conflicts, READ, (access.CONFLICTS,)),
    ("deletions", lists.deletions, READ, (access.DELETIONS,)),
    ("sign-in", entering.sign_in, WRITE, (SIGN_IN,)),
    ("code", entering.code, READ, (SIGN_IN,)),
    ("code/ask", entering.ask, WRITE, (SIGN_IN,)),
    ("sign-out", entering.sign_out, WRITE, (SIGN_IN,)),
    ("forget", entering.forget, READ + WRITE, (SIGN_IN,)),
)


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"<int:pk>/{name}/",
                page(self, view, methods, SEE, *who),
                name=f"crm_sync_connection_{name.replace('-', '_').replace('/', '_')}",
            )
            for name, view, methods, who in PAGES
        ]
        # Whoever may change something; the section asks for its own permission.
        save = page(self, connection_page.save, WRITE, SEE, CHANGE, SIGN_IN)
        save = sensitive_post_parameters()(save)
        return [
            *pages,
            path("<int:pk>/save/<slug:section>/", save, name="crm_sync_connection_save"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # its links keep records from being made twice; it can be switched off

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return page(self, connection_page.cards, READ, SEE)(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        add = sensitive_post_parameters()(page(self, entering.add, READ + WRITE, (ADD,), SIGN_IN))
        return add(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return page(self, connection_page.connection, READ, SEE)(request, object_id)

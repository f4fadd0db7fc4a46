"""The addresses of a contact's page, ahead of the back office's own page of that name."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from dashboards.contact import editing, remarks, thread, views


class Tab(StringConverter):
    regex = "|".join(views.TABS)


class Id(StringConverter):
    """An id that PostgreSQL's bigint can hold."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


register_converter(Tab, "contact_tab")
register_converter(Id, "contact_id")

app_name = "contact"
urlpatterns = [
    path("<contact_id:pk>/change/", views.page, name="page"),
    path("<contact_id:pk>/tab/<contact_tab:name>/", views.tab, name="tab"),
    path("<contact_id:pk>/field/<slug:name>/", editing.show, name="field"),
    path("<contact_id:pk>/field/<slug:name>/edit/", editing.edit, name="edit"),
    path("<contact_id:pk>/field/<slug:name>/give-back/", editing.release, name="release"),
    path("<contact_id:pk>/notes/", remarks.note, name="note"),
    path("<contact_id:pk>/notes/<contact_id:note_id>/delete/", remarks.forget_note, name="forget"),
    path("<contact_id:pk>/messages/look/", thread.look, name="look"),
    path("<contact_id:pk>/messages/send/", thread.send, name="send"),
    path("<contact_id:pk>/tags/", remarks.tag, name="tag"),
    path("<contact_id:pk>/tags/<contact_id:tag_id>/remove/", remarks.untag, name="untag"),
    path("<contact_id:pk>/tags/suggest/", remarks.suggest, name="suggest"),
]

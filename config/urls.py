"""The one list of addresses."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("dashboards.urls")),  # before the admin, which answers all that is under it
    path("crm/", include("crm_sync.urls")),
    path("admin/contacts/contact/", include("dashboards.contact.urls")),
    path(
        "admin/crm_sync/connection/<int:connection_id>/mapping/",
        include("crm_sync.admin.mapping.urls"),
    ),
    path("admin/", admin.site.urls),
]

handler400 = "dashboards.access.errors.bad_request"
handler403 = "dashboards.access.errors.forbidden"
handler404 = "dashboards.access.errors.not_found"
handler500 = "dashboards.access.errors.broken"

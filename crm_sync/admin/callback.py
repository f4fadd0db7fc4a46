"""Where a CRM sends people back to after they have consented, or have not."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from crm_sync.admin.access import SIGN_IN
from crm_sync.admin.connection_page import address
from crm_sync.connecting.consenting import SignInFailed, finish
from integrations.admin.access import may, person

SAID = ("state", "code", "error", "error_description")
MOST = 4_000


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Use what the CRM has sent along, once, and show the connection.

    A GET, since a CRM can send nothing else; the state makes it one of ours. A HEAD, as programs
    that look at links send it, must not use the state up. Who is not signed in
    is not sent here again afterwards: the code would stand in an address that is kept.
    """
    there = reverse("admin:crm_sync_connection_changelist")
    if not admin.site.has_permission(request):
        return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': there})}")
    if not may(request, SIGN_IN):
        raise PermissionDenied
    said = {name: request.GET.get(name, "")[:MOST].replace("\0", "") for name in SAID}
    try:
        row = finish(said, person(request), str(request.session.session_key))
    except SignInFailed as why:
        messages.error(request, f"Not signed in. {why}")
        return HttpResponseRedirect(address("change", why.row) if why.row else there)
    messages.success(request, f"{row.label} is signed in. Test the connection now.")
    return HttpResponseRedirect(address("change", row))

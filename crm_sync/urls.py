"""The addresses of this room outside the admin's."""

from django.urls import path

from crm_sync.admin.callback import callback

app_name = "crm_sync"
urlpatterns = [path("callback", callback, name="callback")]

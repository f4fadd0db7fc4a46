"""The addresses of this room; those under /admin/ stand before Django's own."""

from django.urls import path

from dashboards.access import passwords
from dashboards.views import circuits, health, home, metrics, queues

app_name = "dashboards"
urlpatterns = [
    path("health", health.alive, name="health"),
    path("health/ready", health.ready, name="ready"),
    path("health/detailed", health.detailed, name="detailed"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/password_change/", passwords.page, name="password"),  # instead of Django's own
    path("admin/home/live/", home.live, name="home_live"),
    path("admin/home/first-steps/", home.dismiss, name="first_steps"),
    path("admin/circuits/", circuits.overview, name="circuits"),
    path("admin/circuits/table/", circuits.table, name="circuits_table"),
    path("admin/circuits/<str:key>/", circuits.steer, name="circuit"),
    path("admin/queues/", queues.overview, name="queues"),
    path("admin/queues/live/", queues.live, name="queues_live"),
    path("admin/queues/<int:run_id>/replay/", queues.replay, name="replay_all"),
    path("admin/queues/<int:run_id>/replay/<int:item_id>/", queues.replay, name="replay_one"),
]

"""The addresses of this room; those under /admin/ stand before Django's own."""

from django.urls import path

from dashboards.access import passwords
from dashboards.views import (
    alert_settings,
    alerts,
    circuits,
    flower,
    health,
    home,
    metrics,
    queues,
    search,
    spend,
    worth,
)

app_name = "dashboards"
urlpatterns = [
    path("health", health.alive, name="health"),
    path("health/ready", health.ready, name="ready"),
    path("health/detailed", health.detailed, name="detailed"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/search/", search.view, name="search"),  # instead of django-unfold's own
    path("admin/password_change/", passwords.page, name="password"),  # instead of Django's own
    path("flower/", flower.pages, name="flower"),
    path("flower/<path:path>", flower.pages, name="flower_page"),
    path("admin/home/live/", home.live, name="home_live"),
    path("admin/home/first-steps/", home.dismiss, name="first_steps"),
    path("admin/alerts/", alerts.overview, name="alert"),
    path("admin/alerts/live/", alerts.live, name="alerts_live"),
    path("admin/alerts/strip/", alerts.strip, name="alerts_strip"),
    path("admin/alerts/thresholds/", alert_settings.edit_rules, name="alert_rules"),
    path("admin/alerts/channels/", alert_settings.edit_channels, name="alert_channels"),
    path("admin/alerts/channels/<str:kind>/test/", alert_settings.test_channel, name="alert_test"),
    path(
        "admin/alerts/notices/<int:notice_id>/again/",
        alert_settings.send_again,
        name="alert_send_again",
    ),
    path("admin/alerts/<int:alert_id>/acknowledge/", alerts.acknowledge, name="alert_acknowledge"),
    path("admin/alerts/<int:alert_id>/mute/", alerts.mute, name="alert_mute"),
    path("admin/circuits/", circuits.overview, name="circuits"),
    path("admin/circuits/table/", circuits.table, name="circuits_table"),
    path("admin/circuits/<str:key>/", circuits.steer, name="circuit"),
    path("admin/spend/", spend.overview, name="spend"),
    path("admin/spend/download/", spend.as_file, name="spend_file"),
    path("admin/spend/usable/", worth.usable, name="spend_usable"),
    path("admin/spend/answers/", worth.answered, name="spend_answers"),
    path("admin/queues/", queues.overview, name="queues"),
    path("admin/queues/live/", queues.live, name="queues_live"),
    path(
        "admin/queues/discoveries/<int:discovery_id>/replay/",
        queues.replay_places,
        name="replay_searches",
    ),
    path(
        "admin/queues/discoveries/<int:discovery_id>/replay/<int:place_id>/",
        queues.replay_places,
        name="replay_search",
    ),
    path("admin/queues/<int:run_id>/replay/", queues.replay, name="replay_all"),
    path("admin/queues/<int:run_id>/replay/<int:item_id>/", queues.replay, name="replay_one"),
]

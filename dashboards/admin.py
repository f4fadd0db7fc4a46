"""The back office of what others brought: users, roles, and the schedule, in our look."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django_celery_beat import models as beat

from dashboards.access.users import OurGroupAdmin, OurUserAdmin
from dashboards.schedule.admin import ScheduleAdmin

admin.site.index_template = "dashboards/home.html"

# When a schedule rings is said in its own form: intervals and cron lines need no page.
for model in (
    User, Group, beat.PeriodicTask, beat.ClockedSchedule, beat.SolarSchedule,
    beat.IntervalSchedule, beat.CrontabSchedule,
):  # fmt: skip
    admin.site.unregister(model)

admin.site.register(User, OurUserAdmin)
admin.site.register(Group, OurGroupAdmin)
admin.site.register(beat.PeriodicTask, ScheduleAdmin)

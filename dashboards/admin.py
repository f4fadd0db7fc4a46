"""The back office of what others brought: users, roles, and the schedule, in our look."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django_celery_beat import models as beat
from django_celery_beat.admin import PeriodicTaskAdmin
from unfold.admin import ModelAdmin

from dashboards.access.users import OurGroupAdmin, OurUserAdmin

admin.site.index_template = "dashboards/home.html"

# Kinds of schedules are made on the page of the task that wants one.
for model in (User, Group, beat.PeriodicTask, beat.ClockedSchedule, beat.SolarSchedule):
    admin.site.unregister(model)
for model in (beat.IntervalSchedule, beat.CrontabSchedule):
    admin.site.unregister(model)
    admin.site.register(model, ModelAdmin)


admin.site.register(User, OurUserAdmin)
admin.site.register(Group, OurGroupAdmin)


@admin.register(beat.PeriodicTask)
class OurPeriodicTaskAdmin(PeriodicTaskAdmin, ModelAdmin):
    change_form_template = None  # its own has an inline script, which the policy refuses

"""A worker of discoveries in a process of its own, to be killed."""

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the setup

from enrichment.discovery import work  # noqa: E402
from enrichment.runtime import Runtime  # noqa: E402

settings.SANDBOX, settings.SANDBOX_URL, settings.REDIS_URL = True, sys.argv[1], sys.argv[2]
runtime = Runtime()
print("ready", flush=True)
while work.work(20.0, using=runtime):
    pass
runtime.close()

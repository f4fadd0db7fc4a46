"""The web application for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_wsgi_application()

from config.starting import refuse_unready  # noqa: E402 - needs Django set up
from webhooks import urgent  # noqa: E402
from webhooks.door.inbox import Inbox  # noqa: E402
from webhooks.door.wsgi import Door  # noqa: E402
from webhooks.ringing import Ringer  # noqa: E402

refuse_unready()
application = Door(pages, Inbox(Ringer().ring, Ringer(urgent.work, "urgent").ring))

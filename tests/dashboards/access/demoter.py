"""A program that signs in as one administrator and, told to, demotes or switches off another."""

import json
import sys

import django


def main(own, other, form):
    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.ALLOWED_HOSTS = ["testserver"]
    client, target = Client(), User.objects.get(username=other)
    client.force_login(User.objects.get(username=own))
    print("ready", flush=True)
    sys.stdin.readline()
    answer = client.post(f"/admin/auth/user/{target.pk}/change/", json.loads(form))
    print(answer.status_code, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

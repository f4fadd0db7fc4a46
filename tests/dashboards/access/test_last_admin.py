"""Two administrators who demote or switch off each other at once: one of them is left."""

import json
import os
import subprocess
import sys

import pytest

from config.embedded import PROJECT
from dashboards.access.people import admins
from tests.contacts.importing.test_crashes import database_url

FORMS = {"demoted": {"role": "viewer", "is_active": "on"}, "switched off": {"role": "admin"}}


def demoter(own, other, form):
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "SWITCHBOARD_SANDBOX": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    said = json.dumps({"username": other, **form})
    return subprocess.Popen(
        [sys.executable, "-m", "tests.dashboards.access.demoter", own, other, said],
        cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_of_two_who_end_each_other_one_stays(person, form):
    for name in ("ann", "bo"):
        person("admin", name)
    programs = [demoter("ann", "bo", form), demoter("bo", "ann", form)]
    assert [one.stdout.readline() for one in programs] == ["ready\n"] * 2

    for one in programs:
        one.stdin.write("go\n")
        one.stdin.flush()
    statuses = sorted(one.communicate(timeout=60)[0].strip() for one in programs)

    # The second is told that it would end the last one, or is no administrator any more by then.
    assert statuses in (["200", "302"], ["302", "403"], ["302", "302"])
    assert admins().count() == 1

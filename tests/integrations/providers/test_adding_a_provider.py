"""The guide to a new provider, followed word by word in a copy of the project."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.contacts.killing import database_url
from tests.lab.guides import Guide, Project

GUIDE = Guide("adding-a-provider.md")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with the guide's provider in it, and nothing else changed."""
    copy = Project(tmp_path_factory.mktemp("project"), Path(__file__).name)
    copy.put("integrations/providers/tallyho.py", GUIDE.block("python"))
    copy.put("integrations/sandbox/tallyho.py", GUIDE.block("python", 1))
    copy.add_lines("integrations/registry.py", GUIDE.block("registry"), ")\n\n")
    copy.add_lines("integrations/sandbox/responders.py", GUIDE.block("responders"), "    )\n")
    copy.put("tests/integrations/recorded/tallyho/find_job.json", GUIDE.block("json"))
    return copy


def test_its_recorded_contract_and_its_part_of_the_sandbox_hold(project: Project):
    tested = project.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/integrations/providers",
        "-k", "tallyho",
    )  # fmt: skip

    assert tested.returncode == 0, tested.stdout[-3000:] + tested.stderr[-1000:]
    assert int(re.findall(r"(\d+) passed", tested.stdout)[-1]) >= 4


def test_the_list_of_providers_has_it(project: Project, transactional_db: None, settings):
    where = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}

    listed = project.run("manage.py", "providers", "--json", **where)
    assert listed.returncode == 0, listed.stderr[-2000:]

    found = next(one for one in json.loads(listed.stdout) if one["provider"] == "tallyho")

    lookup = found["lookups"][0]
    assert (lookup["lookup"], lookup["needs"]) == ("tallyho.find_job", ["email"])
    assert (lookup["supplies"], lookup["price_usd"]) == (["company.name", "position"], "0.02")
    assert (found["circuit"], found["rate"]) == ("closed", [{"calls": 10, "per_s": 1.0}])

"""The guide to a new CRM, followed word by word in a copy of the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contacts.killing import database_url
from tests.lab.guides import Guide, Project

GUIDE = Guide("adding-a-crm.md")
# The copy works in this test's own database, which is migrated.
SAME_DATABASE = '''

@pytest.fixture(scope="session")
def django_db_setup():
    """There is a database."""
'''
CONTRACT, SYNCS = "connectors/test_tallyho.py", "syncing/test_tallyho.py"
TRIED = (
    CONTRACT,
    f"{SYNCS}::TestTallyho::test_contacts_and_their_companies_go_there_once",
    f"{SYNCS}::TestTallyho::test_a_change_there_comes_here_and_goes_nowhere_else",
    f"{SYNCS}::TestTallyho::test_ar_37_nothing_is_written_before_all_is_mended",
    "test_connectors.py::test_ar_70_each_connector_is_held_to_the_contract",
    "test_connectors.py::test_ar_72_a_version_of_an_api_stands_in_one_place[tallyho]",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project with the guide's CRM in it, and nothing else changed."""
    copy = Project(tmp_path_factory.mktemp("project"), Path(__file__).name)
    connector, sandbox, contract, syncs = (GUIDE.block("python", n) for n in range(4))
    copy.put("crm_sync/connectors/tallyho/__init__.py", connector)
    copy.put("integrations/sandbox/tallyho.py", sandbox)
    copy.put(f"tests/crm_sync/{CONTRACT}", contract)
    copy.put(f"tests/crm_sync/{SYNCS}", syncs)
    copy.add_lines("crm_sync/registry.py", GUIDE.block("registry"), ")\nCONNECTORS")
    copy.add_lines("integrations/sandbox/responders.py", GUIDE.block("responders"), "    )\n")
    kinds = "crm_sync/signing_in/kinds.py"
    copy.add(kinds, GUIDE.block("kind") + "\n", "ALL = (")
    copy.add(kinds, ", " + GUIDE.block("kinds").strip().rstrip(","), ")\nKINDS")
    copy.add("tests/crm_sync/test_connectors.py", GUIDE.block("versions"), "}\nODD_BODIES")
    with (copy.root / "tests/crm_sync/syncing/conftest.py").open("a") as conftest:
        conftest.write(SAME_DATABASE)
    return copy


def test_ar_68_ar_70_a_new_connector_keeps_all_promises_and_no_task_is_changed(
    project: Project, transactional_db: None, settings
):
    where = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}
    tests = [f"tests/crm_sync/{one}" for one in TRIED]

    tested = project.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, **where)

    assert tested.returncode == 0, tested.stdout[-3000:] + tested.stderr[-1000:]
    assert int(re.findall(r"(\d+) passed", tested.stdout)[-1]) >= 22

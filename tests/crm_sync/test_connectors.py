"""What must be true of every connector that is in the list, and of how they are all tested."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

import crm_sync
from crm_sync.referrals.client import SOURCE
from crm_sync.registry import ALL, CONNECTORS
from crm_sync.signing_in.asking import ANSWER_S, WHOLE_S
from crm_sync.tokens.keeping import LEASE
from integrations.classify import error_for
from integrations.errors import CallError, CredentialRejected, ServerFailed, Throttled
from integrations.exchange import CONNECT_S
from integrations.sandbox.app import Sandbox
from integrations.sandbox.crm.playing import Playing
from tests.crm_sync.contract import ConnectorContract
from tests.integrations.loopback import call_to

ROOT, TESTS = Path(crm_sync.__file__).parent, Path(__file__).parent
REACHED = {one.slug: one for one in (*ALL, SOURCE)}
LONGEST_ANSWER_S = 120
CHANGES = ("append", "add", "update", "setdefault", "pop", "clear", "extend", "popitem")
# Each connector's API version, and the file in which alone it stands.
VERSIONS = {
    "salesforce": ("v64.0", "asking.py"),
    "hubspot": ("2026-03", "provider.py"),
    "pipedrive": ("/api/v", "provider.py"),
    "dynamics": ("v9.2", "provider.py"),
}
ODD_BODIES = (
    None, "", "<html><body>502</body></html>", b"\xff", [], {}, 7, [None], [[]], [7, "x"],
    {"error": None}, {"error": []}, {"error": {"code": {}, "message": []}}, {"error": "x"},
    {"errors": 7}, {"errors": [7, None, {"context": 7}]},
    {"errors": [{"context": {"requiredScopes": 7, "missingScopes": [{}]}}]},
    {"message": {"a": 1}}, {"code": []},
    {"policyName": [], "category": {}}, {"errorCode": [], "fields": 7}, [{"errorCode": None}],
    [{"errorCode": [], "message": {}, "fields": "x"}], {"success": False, "error": ["x"]},
    {"error": {"innererror": {"innererror": 7}}}, {"error": {"innerError": [7]}},
)  # fmt: skip


def test_ar_70_each_connector_is_held_to_the_contract():
    for path in TESTS.rglob("connectors/**/test_*.py"):
        if "ConnectorContract" in path.read_text():
            importlib.import_module(".".join(path.relative_to(TESTS.parents[1]).parts)[:-3])

    assert {one.connector.slug for one in ConnectorContract.__subclasses__()} == set(CONNECTORS)


def test_ar_50_ar_74_one_kit_plays_every_crm():
    played = {one.slug for one in Sandbox().responders.values() if isinstance(one, Playing)}

    assert played >= {*CONNECTORS, "partner_center", "entra"}


def test_ar_50_nothing_of_ours_is_replaced():
    patches = re.compile(r"unittest.mock|MagicMock|\bmocker\b")
    files = [path for path in TESTS.rglob("*.py") if path != Path(__file__)]

    assert [str(path) for path in files if patches.search(path.read_text())] == []


def test_ar_52_no_module_keeps_anything_beyond_one_sync():
    changed = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("connectors", "mapping", "referrals", "signing_in", "tokens")
        for path in (ROOT / folder).rglob("*.py")
        for name in remembered(ast.parse(path.read_text()))
    ]  # fmt: skip

    assert changed == []


def remembered(tree):
    """Names of a module that its functions change, but for what lasts as long as an Api."""
    named = {
        target.id
        for one in tree.body
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value
        and ast.unparse(one.value) != "WeakKeyDictionary()"
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
        if isinstance(target, ast.Name)
    }  # fmt: skip
    for one in ast.walk(tree):
        if isinstance(one, ast.Global):
            yield from one.names
        is_store = isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store | ast.Del)
        is_change = isinstance(one, ast.Attribute) and one.attr in CHANGES
        if (is_store or is_change) and getattr(one.value, "id", "") in named:
            yield one.value.id


@pytest.mark.parametrize("slug", VERSIONS)
def test_ar_72_a_version_of_an_api_stands_in_one_place(slug):
    version, name = VERSIONS[slug]
    files = (ROOT / "connectors" / slug).glob("*.py")

    found = [path.name for path in files if version in code_of(path)]

    assert set(VERSIONS) == set(CONNECTORS)
    assert found == [name]


def code_of(path):
    """A file's texts, without comments, docstrings and addresses of documentation."""
    tree = ast.parse(path.read_text())
    said = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant)]
    texts = [one for one in said if isinstance(one, str) and "\n" not in one]
    return " ".join(one for one in texts if not one.startswith("https:") and " " not in one)


@pytest.mark.parametrize("slug", REACHED)
def test_ar_16_ar_61_each_says_how_often_how_many_and_how_long(slug):
    provider = REACHED[slug].provider

    assert provider.rate or provider.max_in_flight <= 25
    assert 1 <= provider.max_in_flight <= 25
    assert CONNECT_S < provider.timeout_s <= LONGEST_ANSWER_S


def test_ar_61_a_token_is_got_or_given_up_within_its_lease():
    assert CONNECT_S < ANSWER_S < WHOLE_S < LEASE.total_seconds()


@pytest.mark.parametrize("slug", REACHED)
def test_ar_43_no_body_makes_the_reading_of_a_refusal_stumble(slug):
    call = call_to("https://crm.test", REACHED[slug].provider)

    for status in (400, 401, 403, 404, 409, 412, 413, 429, 500, 503, 509):
        for body in ODD_BODIES:
            assert isinstance(error_for(call, status, {}, body), CallError)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, CredentialRejected), (429, Throttled), (500, ServerFailed), (502, ServerFailed),
     (504, ServerFailed)],
)  # fmt: skip
@pytest.mark.parametrize("slug", REACHED)
def test_ar_44_ar_45_what_all_have_in_common_means_the_same(slug, status, kind):
    call = call_to("https://crm.test", REACHED[slug].provider)

    error = error_for(call, status, {"retry-after": "7"}, {})

    assert isinstance(error, kind)
    assert (error.status, error.retry_after_s) == (status, 7.0)

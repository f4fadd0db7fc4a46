"""The parts of a referral sync: each does one thing, and can be used without the others."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from crm_sync import referrals

FOLDER = Path(referrals.__file__).parent
DATABASE, NETWORK = ("django", "crm_sync.models", "contacts"), ("crm_sync.referrals.client",)
LONGEST = 40


def imported(name):
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    return {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}


@pytest.mark.parametrize(
    ("part", "unknown"),
    [
        ("client", DATABASE), ("reading", (*DATABASE, *NETWORK)), ("schema", (*DATABASE, *NETWORK)),
        ("domains", (*DATABASE, *NETWORK)), ("transitions", (*DATABASE, *NETWORK)),
        ("storing", NETWORK), ("linking", NETWORK), ("leads", NETWORK),
    ],
)  # fmt: skip
def test_ar_64_fetching_reading_and_storing_do_not_know_each_other(part, unknown):
    assert [one for one in imported(part) if one.startswith(unknown)] == []


def test_ar_64_no_function_does_it_all():
    trees = [ast.parse(path.read_text()) for path in FOLDER.glob("*.py")]
    functions = [
        one for tree in trees for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    ]  # fmt: skip

    assert len(functions) > 50
    assert [one.name for one in functions if len(ast.unparse(one).splitlines()) > LONGEST] == []


def test_ar_71_domains_are_read_out_of_referrals_in_one_place():
    readers = [path.name for path in FOLDER.glob("*.py") if "claimed_domain" in path.read_text()]

    assert readers == ["domains.py"]

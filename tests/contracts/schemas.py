"""Validates a body against an OpenAPI schema that forgot to say what may be null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]


def validator(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> Draft202012Validator:
    """Return a validator for which null is allowed everywhere, and unknown keys are not."""
    components = tolerant(contract.get("components", {}))
    return Draft202012Validator({**tolerant(schema), "components": components})


def tolerant(part: Any) -> Any:
    """Return the schema with every type and enum open to null, and every object closed."""
    if isinstance(part, list):
        return [tolerant(each) for each in part]
    if not isinstance(part, Mapping):
        return part
    found = {name: tolerant(each) for name, each in part.items() if name != "example"}
    if isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    if isinstance(found.get("enum"), list):
        found["enum"] = [*found["enum"], None]
    if isinstance(found.get("properties"), Mapping):
        found.setdefault("additionalProperties", False)
    return found


def answer_schema(contract: Mapping[str, Any], path: str, method: str) -> Mapping[str, Any]:
    """Return the schema of an operation's 200."""
    content = contract["paths"][path][method]["responses"]["200"]["content"]
    return dict(content["application/json"]["schema"])


def problems(judge: Draft202012Validator, body: Any) -> list[str]:
    """Return what is wrong with a body, in words."""
    return [f"{error.json_path}: {error.message}" for error in judge.iter_errors(body)]

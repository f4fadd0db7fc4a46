"""Reads OData as the played Dynamics is asked in it: keys in addresses, and $filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from integrations.sandbox.dynamics.refusals import NO_SUCH_PROPERTY, Refusal

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEYED = re.compile(r"(?P<set>\w+)(\((?P<key>.*)\))?", re.DOTALL)
ALTERNATE = re.compile(r"(?P<field>\w+)=(?P<value>'(?:[^']|'')*'|@\w+)", re.DOTALL)
STRING = re.compile(r"'((?:[^']|'')*)'", re.DOTALL)
# Characters that no alternate key may have in an address, encoded or not.
DANGEROUS = frozenset("/<>*%&:\\?+")
TOKEN = re.compile(
    rf"\s*(?:'(?:[^']|'')*'|\"[^\"]*\"|{GUID.pattern}|[A-Za-z_][\w.]*|[()=,\[\]]|[^\s()=,\[\]]+)",
    re.DOTALL,
)

Values = Mapping[str, Any]
Ast = tuple[Any, ...]


def params_of(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))


def reference(text: str) -> tuple[str, str]:
    """Return set and id of an address of a record, ("", "") for anything else."""
    found = KEYED.fullmatch(text.rpartition("/")[2])
    return (found["set"], (found["key"] or "").lower()) if found else ("", "")


def alternate(key: str, raw: str, params: Mapping[str, str]) -> tuple[str, str]:
    """Return field and value of an alternate key; `raw` is the key before it was decoded.

    A value with characters that addresses may not have is refused unless it comes by an alias.
    """
    found = ALTERNATE.fullmatch(key)
    if found is None:
        raise Refusal(400, "0x80060888", f"Bad Request - Error in query syntax: '{key}'.")
    value = found["value"]
    if value.startswith("@"):
        value = params.get(value, "")
    elif not DANGEROUS.isdisjoint(unquote(raw).partition("=")[2]):
        raise Refusal(400, "", "A potentially dangerous Request.Path value was detected.")
    if not STRING.fullmatch(value):
        raise Refusal(400, "0x80060888", f"Bad Request - Error in query syntax: '{value}'.")
    return found["field"], value[1:-1].replace("''", "'")


def parse(text: str) -> Ast:
    """Return a $filter as a tree: ("or", a, b), ("eq", name, value), ("in", name, values).

    Raises Refusal for what is no filter, or more than is played.
    """
    return Reader(text).whole()


class Reader:
    """Reads a filter by its tokens."""

    def __init__(self, text: str) -> None:
        self._tokens = [m.group().strip() for m in TOKEN.finditer(text) if m.group().strip()]
        self._at = 0
        self._text = text

    def whole(self) -> Ast:
        found = self._either()
        if self._at != len(self._tokens):
            raise self._wrong()
        return found

    def _either(self) -> Ast:
        found = self._both()
        while self._next_is("or"):
            found = ("or", found, self._both())
        return found

    def _both(self) -> Ast:
        found = self._one()
        while self._next_is("and"):
            found = ("and", found, self._one())
        return found

    def _one(self) -> Ast:
        if self._next_is("("):
            found = self._either()
            self._expect(")")
            return found
        name = self._take()
        if name == "Microsoft.Dynamics.CRM.In":
            return self._among()
        operator, value = self._take(), self._take()
        if operator not in ("eq", "ge", "gt", "ne"):
            raise self._wrong()
        return (operator, name, self._literal(value))

    def _among(self) -> Ast:
        for word in ("(", "PropertyName", "="):
            self._expect(word)
        name = self._literal(self._take())
        for word in (",", "PropertyValues", "=", "["):
            self._expect(word)
        values = [self._take().strip("\"'")]
        while self._next_is(","):
            values.append(self._take().strip("\"'"))
        self._expect("]")
        self._expect(")")
        return ("in", name, values)

    def _literal(self, token: str) -> Any:
        if STRING.fullmatch(token):
            return token[1:-1].replace("''", "'")
        if token == "null":  # noqa: S105 - a word of OData
            return None
        if token.lstrip("-").isdigit():
            return int(token)
        if token[:1].isdigit() or GUID.fullmatch(token.lower()):
            return token.lower() if GUID.fullmatch(token.lower()) else token
        raise self._wrong()

    def _take(self) -> str:
        if self._at >= len(self._tokens):
            raise self._wrong()
        self._at += 1
        return self._tokens[self._at - 1]

    def _next_is(self, word: str) -> bool:
        is_it = self._at < len(self._tokens) and self._tokens[self._at] == word
        self._at += is_it
        return is_it

    def _expect(self, word: str) -> None:
        if not self._next_is(word):
            raise self._wrong()

    def _wrong(self) -> Refusal:
        return Refusal(400, NO_SUCH_PROPERTY, f"Syntax error in the filter: {self._text[:200]}")


def names(ast: Ast) -> set[str]:
    if ast[0] in ("or", "and"):
        return names(ast[1]) | names(ast[2])
    return {ast[1]}


def tester(ast: Ast) -> Callable[[Values], bool]:
    """Return what tells whether a record fits; texts are compared as the database does."""
    if ast[0] in ("or", "and"):
        one, other = tester(ast[1]), tester(ast[2])
        if ast[0] == "or":
            return lambda values: one(values) or other(values)
        return lambda values: one(values) and other(values)
    operator, name, wanted = ast
    among = {folded(each) for each in wanted} if operator == "in" else ()
    compare: dict[str, Callable[[Any], bool]] = {
        "in": lambda value: folded(value) in among,
        "eq": lambda value: bool(folded(value) == folded(wanted)),
        "ne": lambda value: bool(folded(value) != folded(wanted)),
        "ge": lambda value: str(value or "") >= str(wanted),
        "gt": lambda value: str(value or "") > str(wanted),
    }
    fits = compare[operator]
    return lambda values: fits(values.get(name))


def folded(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value

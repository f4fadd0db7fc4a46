"""How an account's secrets get onto a request: as the provider wants them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Params = dict[str, str | Sequence[str]]


class Auth(Protocol):
    """How an account's secrets get onto a request."""

    def apply(
        self, secrets: Mapping[str, str], headers: dict[str, str], params: Params
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Basic:
    user: str
    password: str

    def apply(self, secrets: Mapping[str, str], headers: dict[str, str], params: Params) -> None:
        password = secrets[self.password] if self.password else ""
        pair = f"{secrets[self.user]}:{password}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()


@dataclass(frozen=True, slots=True)
class HeaderKey:
    header: str
    secret: str
    prefix: str = ""

    def apply(self, secrets: Mapping[str, str], headers: dict[str, str], params: Params) -> None:
        headers[self.header] = self.prefix + secrets[self.secret]


@dataclass(frozen=True, slots=True)
class QueryKey:
    param: str
    secret: str

    def apply(self, secrets: Mapping[str, str], headers: dict[str, str], params: Params) -> None:
        params[self.param] = secrets[self.secret]


class Held:
    """The place of a secret in a JSON body: `api.post(json={"password": Held("password")})`.

    No dataclass, since orjson would write one out instead of asking what it stands for.
    """

    __slots__ = ("secret",)

    def __init__(self, secret: str) -> None:
        self.secret = secret


@dataclass(frozen=True, slots=True)
class Nothing:
    def apply(self, secrets: Mapping[str, str], headers: dict[str, str], params: Params) -> None:
        pass


NO_AUTH: Auth = Nothing()


def basic(user: str, password: str) -> Auth:
    """HTTP Basic with two secrets of the account."""
    return Basic(user, password)


def bearer(secret: str) -> Auth:
    """`Authorization: Bearer` with one secret of the account."""
    return HeaderKey("Authorization", secret, "Bearer ")


def header_key(header: str, secret: str = "api_key") -> Auth:
    """A header of the provider's own that carries the key."""
    return HeaderKey(header, secret)


def query_key(param: str, secret: str = "api_key") -> Auth:
    """A query parameter that carries the key."""
    return QueryKey(param, secret)

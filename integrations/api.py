"""What a lookup gets to reach its provider: addresses built, secrets applied, answers parsed.

A path is appended to the account's `base_url`, or to the address of the host that it begins with
("company:/v2/companies/find"); in the sandbox the host becomes the first part of the path. What is
foreign text in it, the lookup encodes with `urllib.parse.quote(text, safe="")`; a bare `+`, as in a
phone number, is sent as `%2B` without further ado; `{account_sid}` is the secret of that name.
Parameters and forms are encoded here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from multidict import CIMultiDict

from integrations.auth import Auth, Held, Params
from integrations.calls import Call
from integrations.classify import subject
from integrations.errors import AccountUnusable, ContractBroken
from integrations.exchange import Incoming, Outgoing
from integrations.gate import Gate

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
# RFC 3986 §3.3 allows these in a path besides letters and digits; "%" starts what is encoded
# already. "+" is allowed as well, but many servers read it as a space.
PATH = "/%:@!$&'()*,;=~"
# A whole part of a path: foreign text is encoded, and has no braces then.
SECRET_IN_PATH = re.compile(r"(?<=/)\{(\w+)\}(?=/|\.json|$)")


class HttpApi:
    """The way to the network for one call (provider.Api).

    `options` are the account's, over the defaults of the provider's switches; `memory` is this
    process's for the account at its version; `last_body` is the last answer as parsed, for the
    answer's raw words; None again as soon as something else is asked.
    """

    def __init__(self, gate: Gate, call: Call) -> None:
        self.options: Mapping[str, Any] = {
            **{switch.name: switch.default for switch in call.provider.switches},
            **call.account.options,
        }
        self.memory: MutableMapping[str, Any] = _memory(call)
        self.last_body: Any = None
        self._gate = gate
        self._call = call

    async def get(
        self,
        path: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        **params: str | Sequence[str],
    ) -> Any:
        """Return the parsed answer to a GET, None for an empty one. Raises CallError."""
        return await self._ask("GET", path, b"", {**(headers or {})}, params, auth)

    async def post(
        self,
        path: str,
        /,
        *,
        json: Any = None,
        form: Mapping[str, str | Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        **params: str | Sequence[str],
    ) -> Any:
        """Return the parsed answer to a POST of `json` or `form`. Raises CallError.

        A sequence in `form` becomes a repeated key; an `auth.Held` in `json`, the secret it names.
        """
        content, given = b"", {**(headers or {})}
        if form is not None:
            content = urlencode(form, doseq=True).encode("ascii")
            given.setdefault("Content-Type", FORM)
        elif json is not None:
            content = self._written(json)
            given.setdefault("Content-Type", JSON)
        return await self._ask("POST", path, content, given, params, auth)

    async def post_once(self, path: str, /, *, form: Mapping[str, str | Sequence[str]]) -> Any:
        """Post a form that must not be posted twice: a 5xx is OutcomeUnknown, as no answer is."""
        self._call.once = True
        try:
            return await self.post(path, form=form)
        finally:
            self._call.once = False

    async def ask_line(self, host: str, text: str, /) -> str:
        """Return what a host of the provider's that is asked by lines says to `text`.

        Raises CallError, and ValueError for a text that is not one line. The sandbox is asked
        over HTTP: "/<host>/<text>".
        """
        if not text.isprintable():
            raise ValueError("A line has no line breaks and no control characters")
        line = quote(text, safe="")
        incoming = await self._exchange("GET", f"{host}:/{line}", b"", {}, {}, None)
        self.last_body = incoming.content.decode("utf-8", "replace")
        return str(self.last_body)

    async def _ask(
        self,
        method: str,
        path: str,
        content: bytes,
        headers: dict[str, str],
        params: Params,
        auth: Auth | None,
    ) -> Any:
        headers.setdefault("Accept", JSON)
        return self._parsed(await self._exchange(method, path, content, headers, params, auth))

    async def _exchange(
        self,
        method: str,
        path: str,
        content: bytes,
        headers: dict[str, str],
        params: Params,
        auth: Auth | None,
    ) -> Incoming:
        """Send, and return a good answer, unparsed."""
        call, self.last_body = self._call, None
        try:
            apply_auth(call, headers, params, auth)
            base_url, path = _place(call, path)
            path = _filled(call, path)
        except AccountUnusable as error:
            call.error = error
            raise
        url = address(base_url, path, params)
        incoming = await self._gate.exchange(
            Outgoing(method, url, CIMultiDict(headers), content), call
        )
        if call.error:
            self.last_body = incoming.body
            raise call.error
        return incoming

    def _written(self, json: Any) -> bytes:
        """Return a body with the account's secrets in their places. Raises AccountUnusable."""
        try:
            return orjson.dumps(json, default=self._secret)
        except orjson.JSONEncodeError as failure:
            if isinstance(failure.__cause__, AccountUnusable):
                self._call.error = failure.__cause__
                raise failure.__cause__ from None
            raise

    def _secret(self, place: Any) -> str:
        if not isinstance(place, Held):
            raise TypeError(type(place).__name__)
        if held := self._call.account.secrets.get(place.secret):
            return held
        raise missing_secret(self._call, place.secret)

    def _parsed(self, incoming: Incoming) -> Any:
        call, content = self._call, incoming.content
        if incoming.body is not None and not isinstance(incoming.body, str):
            self.last_body = incoming.body
            return self.last_body
        try:
            self.last_body = orjson.loads(content) if content else None
        except orjson.JSONDecodeError:
            self.last_body = content.decode("utf-8", "replace")
            call.error = ContractBroken(
                f"{subject(call)}: the answer is no JSON", status=incoming.status
            )
            raise call.error from None
        return self.last_body


_memories: dict[int, tuple[int, dict[str, Any]]] = {}


def _memory(call: Call) -> dict[str, Any]:
    """Return what this process keeps for the account; another version begins with nothing."""
    version, kept = _memories.get(call.account.id, (0, {}))
    if version != call.account.version:
        kept = {}
        _memories[call.account.id] = (call.account.version, kept)
    return kept


def _place(call: Call, path: str) -> tuple[str, str]:
    """Return the address that a path belongs to, and the path without the host's name."""
    host, colon, rest = path.partition(":/")
    if not colon or host not in call.provider.hosts:
        return call.account.base_url, path
    if call.account.is_sandbox:
        return f"{call.account.base_url}/{host}", "/" + rest
    return call.provider.hosts[host], "/" + rest


def _filled(call: Call, path: str) -> str:
    """Return a path with the secrets that it names. Raises AccountUnusable where one is missing."""

    def secret(found: re.Match[str]) -> str:
        if held := call.account.secrets.get(found[1]):
            return quote(held, safe="")
        raise missing_secret(call, found[1])

    return SECRET_IN_PATH.sub(secret, path) if "{" in path else path


def apply_auth(
    call: Call, headers: dict[str, str], params: Params, auth: Auth | None = None
) -> None:
    """Put the account's secrets on a request. Raises AccountUnusable where one is missing."""
    provider = call.provider
    held = {name: secret for name, secret in call.account.secrets.items() if secret}
    try:
        (auth or provider.auth).apply(held, headers, params)
    except KeyError as missing:
        raise missing_secret(call, missing.args[0]) from None


def missing_secret(call: Call, name: str) -> AccountUnusable:
    labels = {secret.name: secret.label for secret in call.provider.secrets}
    return AccountUnusable(f"{call.provider.label}: the account has no {labels.get(name, name)}")


def address(base_url: str, path: str, params: Mapping[str, str | Sequence[str]]) -> str:
    """Return the whole address, encoded. Raises ValueError for a path that leaves its place."""
    if "?" in path or "#" in path or not path.startswith("/"):
        raise ValueError("A path starts with / and has no ? and no #: encode foreign text in it")
    if "/." in path and not {".", ".."}.isdisjoint(path.split("/")):
        raise ValueError("A path has no . and no .. segment: encode foreign text in it")
    url = base_url.rstrip("/") + quote(path, safe=PATH)
    return f"{url}?{urlencode(params, doseq=True, quote_via=quote)}" if params else url

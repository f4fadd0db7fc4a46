"""What can be set in the sandbox: how slow, how faulty and how strict it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

PREFIX = "SANDBOX_"


class BadSetting(ValueError):
    """A setting's name or value that the sandbox does not take; its text says which."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Latency in milliseconds, faults as fractions 0..1, limits as counts (0 = no limit).

    `lookup_latency_ms` adds a latency for a lookup ("twilio.caller_name"); a request waits for
    its slowest. `retry_after_s` below 0 sends no Retry-After; `retry_after_form` is "seconds" or
    "date". `limit_per_s` counts the requests let through in any window of `limit_window_s`.

    Of messages and calls that were sent: `messages_per_s` are taken, each gets on by a status every
    `status_step_ms`, and with `callbacks` each status is posted to its address, if that is this
    machine's: a share of them is dropped, each of the others repeated so many times, delayed, and
    in any order.
    """

    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_429: float = 0.0
    rate_5xx: float = 0.0
    rate_dropped: float = 0.0
    retry_after_s: float = -1.0
    retry_after_form: str = "seconds"
    limit_per_s: int = 0
    limit_window_s: float = 1.0
    limit_in_flight: int = 0
    seed: int = 0
    messages_per_s: int = 100
    status_step_ms: float = 50.0
    callbacks: int = 0
    callbacks_dropped: float = 0.0
    callbacks_repeated: int = 0
    callbacks_shuffled: int = 0
    callbacks_delay_ms: float = 0.0
    lookup_latency_ms: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rates = (self.rate_429, self.rate_5xx, self.rate_dropped)
        if min(rates) < 0 or sum(rates) > 1:
            raise BadSetting("rate_429, rate_5xx and rate_dropped are fractions, together 0 to 1")
        if self.retry_after_form not in ("seconds", "date"):
            raise BadSetting('retry_after_form is "seconds" or "date"')
        if min(self.latency_ms, self.jitter_ms, self.limit_per_s, self.limit_in_flight) < 0:
            raise BadSetting("latencies and limits are not negative")
        counts = (self.messages_per_s, self.callbacks_repeated)
        if min(*counts, self.status_step_ms, self.callbacks_delay_ms) < 0:
            raise BadSetting("messages_per_s, steps, repetitions and delays are not negative")
        if not 0 <= self.callbacks_dropped <= 1:
            raise BadSetting("callbacks_dropped is a fraction, 0 to 1")
        if self.limit_window_s <= 0:
            raise BadSetting("limit_window_s is above 0")

    def changed(self, wanted: Mapping[str, Any]) -> Settings:
        """Return these settings with some replaced; raises BadSetting."""
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        values: dict[str, Any] = {}
        for name, value in wanted.items():
            if name not in known:
                raise BadSetting(f"no setting is called {name}; known: {', '.join(known)}")
            values[name] = _as(name, type(known[name]), value)
        return replace(self, **values)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings for JSON."""
        return asdict(self)


def _as(name: str, kind: type, value: Any) -> Any:
    if kind is dict:
        if not isinstance(value, Mapping):
            raise BadSetting(f"{name} is an object: lookup to milliseconds")
        return {str(lookup): float(ms) for lookup, ms in value.items()}
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise BadSetting(f"{name} is a {kind.__name__}, not {value!r}") from None


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Return the settings that SANDBOX_* variables give; other variables are left alone."""
    names = [each.name for each in fields(Settings) if each.name != "lookup_latency_ms"]
    given = {name: environ.get(PREFIX + name.upper()) for name in names}
    return Settings().changed({name: value for name, value in given.items() if value})

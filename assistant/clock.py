"""Where the time of a request went."""

from __future__ import annotations

import time


class Clock:
    """Milliseconds between marks."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._times: dict[str, float] = {}

    def mark(self, name: str) -> None:
        """Give the time since the last mark this name."""
        now = time.perf_counter()
        self._times[name] = round((now - self._last) * 1000, 2)
        self._last = now

    def times(self, model_ms: float = 0.0) -> dict[str, float]:
        """Return the times; what drafting took beyond the model's own time counts as checking."""
        own = self._times.get("model", 0.0) - model_ms
        times = self._times | {"model": round(model_ms, 2), "check": round(self._times["check"] + own, 2)}
        return times | {"total": round((time.perf_counter() - self._start) * 1000, 2)}

"""What the bench prints."""

from __future__ import annotations


class Table:
    """Lines of a figure beside its target."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def add(self, about: str, figure: str, target: str = "") -> None:
        self.rows.append((about, figure, target))
        print(f"{about:<58} {figure:<44} {target}", flush=True)


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """The median of times in seconds, and what 95 and 99 % of them are within, in milliseconds."""
    ordered = sorted(each * 1000 for each in times)
    p50, p95, p99 = (
        ordered[min(len(ordered) - 1, int(len(ordered) * p))] for p in (0.5, 0.95, 0.99)
    )
    return p50, p95, p99

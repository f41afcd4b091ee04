"""One measured number, and how numbers that belong together are summarised."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Result:
    """A value, and whether it is what it should be.

    Attributes
    ----------
    topic, what : where it belongs, and what was measured
    value, unit : the number; ``x`` is a ratio
    target : the bound it is held against, or None
    met : whether it holds, or None without a target
    bound : which side of the target is right
    noise : spread of the measurements in the same unit (interquartile range), or None
    note : what one must know to read it
    """

    topic: str
    what: str
    value: float
    unit: str
    target: float | None = None
    met: bool | None = None
    bound: Literal["<=", ">=", ""] = ""
    noise: float | None = None
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it for the machine-readable file."""
        return asdict(self)


def at_most(
    topic: str,
    what: str,
    value: float,
    unit: str,
    target: float,
    *,
    noise: float | None = None,
    note: str = "",
) -> Result:
    """Return a result that should not be larger than ``target``."""
    return Result(topic, what, value, unit, target, value <= target, "<=", noise, note)


def at_least(
    topic: str,
    what: str,
    value: float,
    unit: str,
    target: float,
    *,
    noise: float | None = None,
    note: str = "",
) -> Result:
    """Return a result that should not be smaller than ``target``."""
    return Result(topic, what, value, unit, target, value >= target, ">=", noise, note)


def interquartile_range(values: Sequence[float]) -> float:
    """Return the width of the middle half of ``values``; 0 for fewer than two."""
    if len(values) < 2:
        return 0.0
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return third - first

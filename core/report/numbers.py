"""Numbers in words and pictures, written one way."""

from __future__ import annotations

import math


def number(value: float, form: str) -> str:
    """Format with a real minus sign, and 0 without one."""
    text = format(value, form)
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("-")
    return text.replace("-", "−")


def measure(value: float, form: str = ".3f") -> str:
    """Format a measure, an enormous one with three figures."""
    return number(value, form) if abs(value) < 1e5 else number(value, ".3g")


def probability_words(value: float) -> str:
    """Return a probability in words that also cope with one that could not be computed."""
    return number(value, ".3f") if math.isfinite(value) else "not computable"

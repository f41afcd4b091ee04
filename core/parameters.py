"""A setting is declared once, on the dataclass field that stores it.

Validation, the widgets and tooltips of the window, the command line and the saved summary all
read the same :class:`Parameter`, so a range or a help text cannot differ between them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

from core.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["int", "float", "bool", "choice", "text", "index"]


def _written(value: float) -> str:
    """Return a number as people write it: whole ones in full, since 1e+06 hides what is wrong."""
    return str(value) if isinstance(value, int) else f"{value:g}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a setting means and which values it may take.

    Attributes
    ----------
    kind
        The type of value. ``"index"`` is a whole number or ``None``; ``none_word`` is how
        ``None`` is written and read (for example ``noise``).
    label, help, unit, symbol, formula
        Words for people; ``symbol`` is its letter, ``formula`` is plain text in the notation of
        the practical.
    low, high
        Inclusive range of numeric kinds.
    choices
        Allowed values of ``"choice"``, with the words people see for each.
    live
        Whether a running training takes the change at its next batch, without a new start.
    log_scale
        Whether equal ratios, not equal differences, should feel equal under a slider.
    zero_word
        What the value 0 means, where it means something other than zero.
    zero_text
        What stands in a field for it, in one short word.
    not_zero
        Why 0 is refused, where that is worth a word of its own.
    of_ink
        Whether it is an amount of ink, which other programs count from 0 to 255.
    """

    kind: Kind
    label: str
    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    symbol: str = ""
    formula: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    live: bool = False
    log_scale: bool = False
    none_word: str = ""
    zero_word: str = ""
    zero_text: str = ""
    not_zero: str = ""
    of_ink: bool = False

    @property
    def within(self) -> str:
        """Its label as it stands within a sentence: ``learning rate``, but ``L2 decay``."""
        first = self.label.split()[0]
        return self.label[:1].lower() + self.label[1:] if first[1:].isalpha() else self.label

    def range_text(self) -> str:
        """Return the allowed values in words."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "bool":
            return "on or off"
        if self.kind == "text":
            return "words"
        number = "a whole number" if self.kind in ("int", "index") else "a number"
        words = (
            number
            if self.low is None or self.high is None
            else f"{number} from {_written(self.low)} to {_written(self.high)}"
        )
        if self.kind == "index":
            words = f"{self.none_word} or a whole number, 0 or more"
        return words

    def words(self, value: Any) -> str:
        """Return a value of this setting as people read it."""
        if self.kind == "bool":
            return "on" if value else "off"
        if self.kind == "choice":
            return self.choices[value]
        if value is None:
            return self.none_word
        return f"{value:g}" if isinstance(value, float) else str(value)

    def meant(self, value: Any) -> str:
        """Return what a number that is too large may have been meant as."""
        if not self.of_ink or not isinstance(value, int | float) or not 1 < value <= 255:
            return ""
        return f": ink is 0 to 1, and {_written(value)} of 255 is {value / 255:.2g}"

    def problem(self, value: object) -> str:
        """Return what is wrong with ``value``, or an empty string."""
        if self.kind == "bool":
            return "" if isinstance(value, bool) else f"must be {self.range_text()}"
        if self.kind in ("choice", "text"):
            bad = not isinstance(value, str) or (
                self.kind == "choice" and value not in self.choices
            )
            return f"must be {self.range_text()}, not {value!r}" if bad else ""
        if value is None and self.kind == "index":
            return ""
        whole = self.kind != "float"
        right_type = isinstance(value, int) if whole else isinstance(value, (int, float))
        # A whole number is finite, but may be too large for math.isfinite to say so.
        infinite = isinstance(value, float) and not math.isfinite(value)
        if not right_type or isinstance(value, bool) or infinite:
            return f"must be {self.range_text()}, not {value!r}"
        if value == 0 and self.not_zero:
            return f"must be above 0: {self.not_zero}"
        too_low = self.low is not None and value < self.low  # type: ignore[operator]
        too_high = self.high is not None and value > self.high  # type: ignore[operator]
        if too_low or too_high:
            return f"must be {self.range_text()}, not {_written(value)}{self.meant(value)}"  # type: ignore[arg-type]
        return ""


def parameter(default: Any, kind: Kind, label: str, help: str, **details: Any) -> Any:
    """Declare a dataclass field together with its :class:`Parameter`."""
    declared = Parameter(kind=kind, label=label, help=help, **details)
    return field(default=default, metadata={"parameter": declared})


def parameters_of(config: Any) -> dict[str, Parameter]:
    """Return the declared parameters of a config class or instance, in order."""
    return {
        item.name: item.metadata["parameter"]
        for item in fields(config)
        if "parameter" in item.metadata
    }


@dataclass(frozen=True, slots=True)
class Settings:
    """Base of all settings: one that is out of its range cannot be made.

    Raises
    ------
    SettingError
        Naming the setting, its value and its range.
    """

    def __post_init__(self) -> None:
        """Check every declared field."""
        for name, declared in parameters_of(self).items():
            problem = declared.problem(getattr(self, name))
            if problem:
                raise SettingError(f"{declared.label} {problem}")

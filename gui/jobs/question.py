"""Questions and answers: when two questions are the same, and what is known of one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from core.errors import ExplorerError
    from core.progress import Progress

Question = TypeVar("Question")
Found = TypeVar("Found")

_OF_MODEL = frozenset({"weights", "epoch", "epochs", "models"})
"""Fields of a question that name the model: another of these is the same question, asked anew."""


def same(one: Any, other: Any) -> bool:
    """Whether two values ask the same: arrays and data sets by identity, all else by value."""
    if one is other:
        return True
    if type(one) is not type(other) or isinstance(one, np.ndarray):
        return False
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)  # what is compared by identity says so itself


def about(question: Any, but: frozenset[str] = frozenset()) -> tuple[Any, ...]:
    """Return what a question is about: all its fields ``but`` some, and those of the model."""
    return tuple(getattr(question, name) for name in _names(question.__class__, but))


@cache
def _names(kind: Any, but: frozenset[str]) -> tuple[str, ...]:
    """Return what questions of a kind are about; asked for each of them in every frame."""
    return tuple(item.name for item in fields(kind) if item.name not in _OF_MODEL | but)


def model_of(question: Any) -> Any:
    """Return the model a question asks of, its field ``weights``; None where it has none."""
    return getattr(question, "weights", None)


def is_as(one: Any, other: Any) -> bool:
    """Whether two questions have the same answer; None is no question."""
    if one is None or other is None:
        return one is other
    return same(about(one), about(other)) and same(model_of(one), model_of(other))


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Generic[Question, Found]):
    """What is known of a question.

    Attributes
    ----------
    question : what was asked
    found : None before anything is known
    progress : how far the search is, or was when it was left
    is_whole : whether the search came to its end
    error : why nothing more can be found
    """

    question: Question
    found: Found | None = None
    progress: Progress | None = None
    is_whole: bool = False
    error: ExplorerError | None = None

    @property
    def problem(self) -> str:
        """Why nothing more can be found, in words; empty where nothing is wrong."""
        return "" if self.error is None else f"{str(self.error).rstrip('.')}."

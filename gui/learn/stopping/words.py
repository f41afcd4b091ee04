"""When to stop, in plain words with the numbers in them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.words import percent
from gui.shared.words import PARTS
from gui.widgets.basics.short_number import short_number

if TYPE_CHECKING:
    from core.insight.epoch_readings import Halves
    from core.learning.history import History
    from core.learning.stopping import BootstrapBand, EarlyStop


class Moment(NamedTuple):
    """An epoch, and how its rightly and wrongly read images share the log-likelihood."""

    epoch: int
    halves: Halves


NOT_THERE = (
    "The validation images that chose this epoch are not set aside any more: there is nothing to "
    "draw anew."
)
_SAME = 1e-3
"""Relative difference of two means of the same numbers, rounded in different orders, at most."""


def sure_words(band: BootstrapBand, part: str, history: History | None) -> str:
    """Say between which epochs the best one lies where a part is drawn anew again and again."""
    between = band.interval
    if between is None:
        return "No epoch has a log-likelihood that is a number."
    first, last = between
    where = f"is {first}" if first == last else f"lies between {first} and {last}"
    share = percent(band.share_between(first, last), 1)
    words = (
        f"In {share} of {band.n_resamples:,} new draws of the {band.n_samples:,} "
        f"{PARTS[part]} images the best epoch {where}."
    )
    if history is not None:
        passed = int((history.epochs <= band.epochs[-1]).sum())
        if len(band.epochs) < passed:
            words += f" {len(band.epochs):,} of {passed:,} epochs were read."
        values = [history.value(part, "log_likelihood", int(epoch)) for epoch in band.epochs]
        if not np.allclose(values, band.mean, rtol=_SAME, atol=_SAME**2, equal_nan=True):
            words += " This run was measured on others."
    return words


def patience_words(stop: EarlyStop, best_of_all: int) -> str:
    """Say what early stopping would have done."""
    if stop.stopped_at is None:
        waited = f": it has waited {stop.waited}" if stop.waited else ""
        return f"would not have stopped yet{waited}"
    words = f"would stop at {stop.stopped_at}, keep {stop.best_epoch}"
    return words if stop.best_epoch == best_of_all else f"{words}; the best came later"


def why_words(best: Moment, now: Moment) -> str:
    """Return a small table, as rich text, of the best epoch and of now, and what it shows."""
    names = ("wrong", "each costs", "right", "each costs")
    head = "".join(f"<td align=right>&nbsp;&nbsp;{words}</td>" for words in names)
    moments = [("best", best)] if best.epoch == now.epoch else [("best", best), ("now", now)]
    rows = "".join(_row(name, moment) for name, moment in moments)
    table = f'<table cellspacing="0" cellpadding="0"><tr><td></td>{head}</tr>{rows}</table>'
    return table if len(moments) == 1 else f"{table}{_turn_words(best.halves, now.halves)}"


def _row(name: str, moment: Moment) -> str:
    halves = moment.halves
    numbers = f"{halves.n_wrong:,}", _cost(halves.wrong), f"{halves.n_right:,}", _cost(halves.right)
    cells = "".join(f"<td align=right>&nbsp;&nbsp;{number}</td>" for number in numbers)
    return f"<tr><td>{name}, {moment.epoch}</td>{cells}</tr>"


def _cost(mean: float) -> str:
    """Return how much log-likelihood an image costs: a mean of log y, without its minus."""
    return "none" if math.isnan(mean) else short_number(-mean)


def _turn_words(best: Halves, now: Halves) -> str:
    """Say what moved the log-likelihood between two epochs, and what the error does meanwhile."""
    more = now.n_wrong - best.n_wrong
    words = "As many are wrong now"
    if more:
        are = "is" if abs(more) == 1 else "are"
        words = f"{abs(more):,} {'more' if more > 0 else 'fewer'} {are} wrong now"
    if math.isnan(best.wrong) or math.isnan(now.wrong):
        return f"{words}."
    is_surer = now.wrong < best.wrong
    but = "but" if (more < 0) == is_surer else "and"
    surer = "more" if is_surer else "less"
    return f"{words}, {but} the mistakes are {surer} confident: the log-likelihood weighs them."

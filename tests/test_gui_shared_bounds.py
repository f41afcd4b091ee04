"""No sentence claims too much, whatever the sizes are."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from attack_samples import build

from core.attack import frames, summarise
from core.attack.by_hand.painting import Rules
from core.attack.by_hand.score import Standing, score
from core.attack.film import Least
from core.data.config import DataConfig
from core.exact.smallest import smallest_change
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.sweep.seed_band import _range
from core.learning.training import Trainer
from core.sources import open_dataset
from gui.attack.film.words import second_words, size_words
from gui.attack.pairs.words import pair_sentences
from gui.attack.repair.words import comparison
from gui.attack.robustness.words import outcome
from gui.widgets.bars.quartile_rows import QuartileRows

NUMBER = r"(\d[\d,]*\.?\d*(?:e−?\d+)?)"
NAMES = ("a", "b")


def sizes() -> list[float]:
    """Return sizes of all orders, some of few digits, some just beside those."""
    rng = np.random.default_rng(0)
    some = 10 ** rng.uniform(-4, 2, 300)
    few = np.round(some[:60], 3) + 1e-3
    return [0.010619, *some, *few, *np.nextafter(few, 0), *np.nextafter(few, 9)]


def said(pattern: str, words: str) -> float:
    """Return the number that a sentence says in the place of ``N``."""
    found = re.search(re.escape(pattern).replace("N", NUMBER), words)
    assert found is not None, words
    return float(found[1].replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_the_least_possible_is_no_larger_than_it_is(norm: Any) -> None:
    step = cast("Any", SimpleNamespace(l2=1.0, linf=1.0))
    for size in sizes():
        least = Least(norm, True, size, size, *[{0: size, 1: 2 * size}] * 2)
        assert said("the least possible is N", size_words(size, norm, least)) <= size
        words = second_words(step, NAMES, norm, least, 1)
        assert said("Toward a it would take N", words) <= size


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_a_person_is_told_no_more_than_is_needed_and_allowed(norm: Any) -> None:
    half = Standing(np.array([0.5, 0.5]), 0, 1.0, 0, 1, 0.5, False)
    won = Standing(np.array([0.5, 0.5]), 0, 1.0, 0, 1, 1.0, True)
    for size in sizes():
        words = score(half, size, Rules(norm, 2 * size, True), size, "3")
        assert said("The gradient needs N", words) <= size
        assert said(" of N.", words) <= 2 * size
        words = score(won, 1.001 * size, Rules(norm, 2 * size, True), size, "3")
        assert "no change is smaller" not in words


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_half_withstand_what_they_are_said_to(norm: Any) -> None:
    more = "every change shorter than N" if norm == "l2" else "every change of less than N"
    for size in sizes():
        found = SimpleNamespace(
            ordered=lambda *_: [1.0], median=lambda *_, size=size: size, boxed=True
        )
        curves = cast("Any", SimpleNamespace(shown=found, norm=norm, attacks={}))
        assert said(more, outcome(curves, None, "")[0]) <= size


def test_quarters_of_the_pairs_need_what_they_are_said_to() -> None:
    for size in sizes():
        table = np.array([[0.0, size], [size, 0.0]])
        matrix = SimpleNamespace(
            sizes=SimpleNamespace(n_done=2, counts=np.ones((2, 2))),
            extremes=lambda: ((0, 1), (0, 1)),
            median=table,
            low=table,
            high=table,
            known=np.ones((2, 2), bool),
            correlation=np.nan,
            rates=np.zeros((2, 2)),
        )
        words = pair_sentences(cast("Any", matrix), NAMES, (0, 1))[1]
        assert said("A quarter need less than N", words.replace(",", " ,")) >= size
        assert said("a quarter more than N", words.rstrip(".")) <= size


def test_what_mends_is_enough() -> None:
    def crossing(size: float) -> Any:
        return SimpleNamespace(crossing=SimpleNamespace(smallest=SimpleNamespace(size=size)))

    for size in sizes():
        for other in (np.inf, 3 * size):
            pair = SimpleNamespace(mistake=crossing(size), right=crossing(other))
            assert said("A change of N mends", comparison(cast("Any", pair))) >= size


@pytest.mark.usefixtures("qapp")
def test_rows_of_quartiles_claim_no_more() -> None:
    rows = QuartileRows()
    for size in sizes():
        quartiles = np.array([[size], [2 * size], [4 * size]])
        rows.set_rows(("a",), quartiles, np.array([np.nan]), "red", "size")
        words = rows.describe(0, 0)
        assert said("half withstand N", words.replace(",", " ,")) <= 2 * size
        assert said("less than N", words.replace(",", " ,")) >= size
        assert said("more than N", words) <= 4 * size


def test_ends_of_a_range_leave_nothing_out() -> None:
    rng = np.random.default_rng(1)
    for low, high in np.sort(rng.random((300, 2)), axis=1):
        first, last = _range(low, high).split(" to ")
        assert float(first) <= low
        assert float(last) >= high
    assert _range(0.5, 0.5) == ".5000"


def test_no_sentence_on_learnt_digits_claims_too_much_or_makes_no_sense() -> None:
    """Of the 8 x 8 digits; on 400 images of MNIST none did on 2026-12-01."""
    data = open_dataset("digits8").sized(DataConfig())
    *_, last = Trainer(data, TrainingConfig(epochs=3)).run()
    model, half = SoftmaxPerceptron(last.weights), Standing(np.ones(10), 0, 1.0, 0, 1, 0.5, False)
    n_drawn = 0
    for image, label in zip(data.test.images[:50], data.test.labels, strict=False):
        for norm in ("l2", "linf"):
            size = smallest_change(model.weights, image, norm, boxed=True).size
            words = size_words(size, norm, Least(norm, True, size, size, {}, {}))
            assert said("the least possible is N", words) <= size
            words = score(half, size, Rules(norm, 2 * size, True), size, "3")
            assert said("The gradient needs N", words) <= size
            exact = summarise(list(frames(build("exact", model, image[None], norm=norm))), None, 0)
            assert said("length of the change N", exact.sentence(data.class_names)) > 0
            assert said("largest pixel N", exact.sentence(data.class_names)) > 0
        noise = list(frames(build("gaussian", model, image[None], draws=10, budget=2.0)))
        outcome = summarise(noise, None, int(label))
        words = outcome.sentence(data.class_names)
        n_drawn += outcome.is_kept
        assert all(int(n) <= 10 for n in re.findall(r"(?:after|at step|of) (\d+)", words)), words
        assert "1 steps" not in words
    assert n_drawn

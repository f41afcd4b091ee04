"""A change painted by hand: what strokes do, that rules hold, and how it is scored."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import central_differences
from hypothesis import given, settings
from hypothesis import strategies as st

from core.attack.by_hand.optimiser import Answer, Optimiser, Question, budget_of
from core.attack.by_hand.painting import OPPOSITE, TOOLS, UNSEEN, Painting, Rules, held, size_of
from core.attack.by_hand.score import (
    Goal,
    Standing,
    efficiency,
    least_sized,
    over_budget,
    percent,
    score,
)
from core.errors import SettingError
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHAPE = (9, 7)
NORMS = ("l2", "linf", "l0")


def an_image(seed: int = 0) -> NDArray[np.float64]:
    """Return an image with pixels at both ends of the box, and in between."""
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(0.3, 0.5, SHAPE), 0.0, 1.0)


def some_weights(n_classes: int = 4, seed: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(n_classes, 1 + math.prod(SHAPE)))


def stroke(painting: Painting, tool: Any, *places: tuple[float, float], **how: float) -> None:
    """Draw one stroke through these places (x, y)."""
    width = how.get("width", 2.0)
    painting.begin(tool, how.get("strength", 0.5))
    for start, end in zip(places[:1] + places, places, strict=False):
        painting.line(start, end, (width, width))
    painting.end()


def unlimited(image: NDArray[np.float64], norm: Any = "l2", *, boxed: bool = False) -> Painting:
    return Painting(image, Rules(norm, 1e6, boxed))


def test_a_dab_adds_what_it_covers() -> None:
    image = an_image()
    painting = unlimited(image)
    stroke(painting, "add", (3.5, 4.5), width=3.0, strength=0.4)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    covered = np.clip(1.5 - np.hypot(x - 3.5, y - 4.5) + 0.5, 0, 1)  # radius, and a rim of one
    np.testing.assert_allclose(painting.change, 0.4 * covered, atol=0.4 * 0.51 / 255)
    np.testing.assert_array_equal(painting.image, image + painting.change)


def test_taking_away_is_the_opposite_of_adding() -> None:
    added, taken = unlimited(an_image()), unlimited(an_image())
    path = ((1.0, 1.0), (5.0, 2.5), (3.0, 7.0))
    stroke(added, "add", *path)
    stroke(taken, OPPOSITE["add"], *path)
    np.testing.assert_array_equal(taken.change, -added.change)
    assert OPPOSITE[OPPOSITE["add"]] == "add"
    assert set(TOOLS) == set(OPPOSITE)


def test_drawing_on_in_small_steps_gives_the_same_as_at_once() -> None:
    once, slowly = unlimited(an_image()), unlimited(an_image())
    stroke(once, "add", (1.0, 1.0), (5.0, 7.0))
    stroke(slowly, "add", *[(1 + 4 * t, 1 + 6 * t) for t in np.linspace(0, 1, 30)])
    np.testing.assert_allclose(slowly.change, once.change, atol=0.5 * 1.01 / 255)
    assert np.abs(once.change).max() == 0.5, "a stroke adds its strength once, not at every step"


def test_a_second_stroke_adds_again() -> None:
    painting = unlimited(an_image())
    stroke(painting, "add", (3.5, 3.5))
    first = painting.change.copy()
    stroke(painting, "add", (3.5, 3.5))
    np.testing.assert_allclose(painting.change, 2 * first)


def test_softening_fades_the_share_it_covers_in_any_number_of_steps() -> None:
    once, slowly = unlimited(an_image()), unlimited(an_image())
    for painting in (once, slowly):
        stroke(painting, "take", (3.5, 4.5), width=7.0, strength=0.8)
    before = once.change.copy()
    stroke(once, "soften", (3.5, 4.5), width=2.0, strength=0.25)
    stroke(slowly, "soften", *[(3.5, 4.5)] * 5, width=2.0, strength=0.25)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] + 0.5
    covered = np.clip(1.0 - np.hypot(x - 3.5, y - 4.5) + 0.5, 0, 1)
    np.testing.assert_allclose(once.change, before * (1 - 0.25 * covered), atol=1e-3)
    np.testing.assert_array_equal(slowly.change, once.change)


def test_softening_wholly_leaves_nothing_and_what_is_not_seen_is_nothing() -> None:
    painting = unlimited(an_image())
    stroke(painting, "add", (3.5, 4.5), width=2.0, strength=0.9)
    for _ in range(40):
        stroke(painting, "soften", (3.5, 4.5), width=9.0, strength=0.3)
    assert 0.9 * 0.7**40 > 0, "fading alone never ends"
    assert 0.9 * 0.7**40 < UNSEEN
    assert painting.is_empty
    stroke(painting, "add", (3.5, 4.5), width=2.0)
    stroke(painting, "soften", (3.5, 4.5), width=20.0, strength=1.0)
    assert painting.is_empty


def test_the_box_stops_ink_at_black_and_white() -> None:
    image = an_image()
    painting = unlimited(image, boxed=True)
    stroke(painting, "add", (3.5, 4.5), width=20.0, strength=1.0)
    np.testing.assert_array_equal(painting.image, np.ones(SHAPE))
    stroke(painting, "take", (3.5, 4.5), width=20.0, strength=1.0)
    stroke(painting, "take", (3.5, 4.5), width=20.0, strength=1.0)
    np.testing.assert_array_equal(painting.image, np.zeros(SHAPE))
    painting = unlimited(image)
    stroke(painting, "add", (3.5, 4.5), width=20.0, strength=1.0)
    np.testing.assert_allclose(painting.image, image + 1.0)


def test_pixels_that_are_counted_are_taken_whole_by_the_thinnest_brush() -> None:
    painting = unlimited(np.full(SHAPE, 0.5), "l0")
    stroke(painting, "add", (3.05, 4.95), width=1.0, strength=0.3)
    expected = np.zeros(SHAPE)
    expected[4, 3] = 0.3
    np.testing.assert_array_equal(painting.change, expected)
    stroke(painting, "soften", (3.9, 4.1), width=1.0, strength=0.1)
    assert painting.is_empty, "a pixel that is only nearer costs as much: it is put back"


def test_strokes_are_taken_back_and_brought_back() -> None:
    painting = unlimited(an_image())
    states = [painting.change.copy()]
    for k in range(3):
        stroke(painting, "add", (1.5 + 2 * k, 3.5))
        states.append(painting.change.copy())
    painting.clear()
    assert painting.is_empty
    for state in reversed(states[1:]):
        painting.undo()
        np.testing.assert_array_equal(painting.change, state)
    painting.undo()
    assert painting.is_empty
    assert not painting.can_undo
    painting.redo()
    np.testing.assert_array_equal(painting.change, states[1])
    assert painting.can_redo
    stroke(painting, "take", (6.5, 8.5))
    assert not painting.can_redo


def test_a_stroke_that_changes_nothing_is_none() -> None:
    painting = Painting(np.ones(SHAPE), Rules("l2", 1.0, True))
    stroke(painting, "add", (3.5, 3.5))
    assert not painting.can_undo
    stroke(painting, "soften", (3.5, 3.5))
    painting.clear()
    assert not painting.can_undo


_places = st.tuples(st.floats(-3, 10), st.floats(-3, 12))
_strokes = st.lists(
    st.tuples(
        st.sampled_from(sorted(TOOLS)),
        st.floats(0.0, 1.0),
        st.floats(1.0, 8.0),
        st.lists(_places, min_size=1, max_size=4),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(
    _strokes,
    st.sampled_from(NORMS),
    st.floats(1e-6, 6.0),
    st.booleans(),
    st.integers(0, 5),
)
def test_budget_and_box_hold_after_any_strokes(
    strokes: list[Any], norm: Any, budget: float, boxed: bool, seed: int
) -> None:
    if norm == "l0":
        budget = float(math.ceil(budget))
    image = an_image(seed)
    painting = Painting(image, Rules(norm, budget, boxed))
    for tool, strength, width, places in strokes:
        painting.begin(tool, strength)
        for start, end in zip(places[:1] + places, places, strict=False):
            painting.line(start, end, (width, width))
            if norm == "l2":
                assert np.linalg.norm(painting.change) <= budget * (1 + 1e-14)
            elif norm == "linf":
                assert np.abs(painting.change).max() <= budget
            else:
                assert np.count_nonzero(painting.change) <= budget
            if boxed:
                # x + (0 - x) is exactly 0; x + (1 - x) may round to a neighbour of 1.
                assert (painting.change >= -image).all()
                assert (painting.change <= 1 - image).all()
        painting.end()
    assert not over_budget(painting.size, painting.rules)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 3.0), st.booleans())
def test_a_stroke_that_goes_too_far_ends_exactly_at_the_budget(
    seed: int, budget: float, boxed: bool
) -> None:
    rng = np.random.default_rng(seed)
    image = np.clip(rng.random(SHAPE), 0.02, 0.98)
    painting = Painting(image, Rules("l2", budget, boxed))
    free = Painting(image, Rules("l2", 1e6, boxed))
    path = [tuple(place) for place in rng.uniform((0, 0), (7, 9), (5, 2))]
    for one in (painting, free):
        stroke(one, "add", *path, width=3.0, strength=0.9)
    if size_of(free.change, "l2") > budget * (1 + 1e-9):
        assert np.linalg.norm(painting.change) == pytest.approx(budget, rel=1e-13)
    else:
        np.testing.assert_array_equal(painting.change, free.change)


def test_a_shortened_step_lies_on_the_straight_way() -> None:
    rng = np.random.default_rng(3)
    image = rng.random(SHAPE)
    start = rng.normal(size=SHAPE)
    start *= 0.7 / np.linalg.norm(start)
    wanted = start + rng.normal(size=SHAPE)
    result = held(start, wanted, image, Rules("l2", 1.0, False))
    t = np.linalg.norm(result - start) / np.linalg.norm(wanted - start)
    np.testing.assert_allclose(result, start + t * (wanted - start), atol=1e-14)
    # The plain search for the same place.
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        inside = np.linalg.norm(start + middle * (wanted - start)) <= 1.0
        low, high = (middle, high) if inside else (low, middle)
    assert t == pytest.approx(low, abs=1e-13)


def test_what_shrinks_is_allowed_at_the_budget() -> None:
    painting = Painting(np.full(SHAPE, 0.5), Rules("l2", 0.5, True))
    stroke(painting, "add", (3.5, 4.5), width=5.0, strength=1.0)
    assert painting.size == pytest.approx(0.5, rel=1e-13)
    stroke(painting, "take", (3.5, 4.5), width=2.0, strength=0.05)
    assert painting.size < 0.5
    stroke(painting, "soften", (3.5, 4.5), width=20.0, strength=1.0)
    assert painting.is_empty


def test_each_pixel_is_clipped_alone_in_the_largest_norm() -> None:
    painting = Painting(np.full(SHAPE, 0.5), Rules("linf", 0.1, True))
    stroke(painting, "add", (3.5, 4.5), width=1.0, strength=0.06)
    stroke(painting, "add", (3.5, 4.5), width=3.0, strength=0.06)
    assert painting.change[4, 3] == 0.1
    assert painting.change[4, 4] == pytest.approx(0.06, rel=1e-12)


def test_no_further_pixel_is_touched_once_all_are() -> None:
    painting = Painting(np.full(SHAPE, 0.5), Rules("l0", 3.0, True))
    stroke(painting, "add", (0.5, 0.5), (1.5, 0.5), width=1.0, strength=0.2)
    stroke(painting, "take", (4.5, 4.5), (4.5, 5.5), width=1.0, strength=0.2)
    assert np.count_nonzero(painting.change) == 3
    touched = painting.change != 0
    stroke(painting, "add", (3.5, 4.5), width=20.0, strength=0.1)
    np.testing.assert_array_equal(painting.change != 0, touched)
    assert painting.change[0, 0] == pytest.approx(0.3), "one that is changed already may go on"
    stroke(painting, "soften", (0.5, 0.5), width=1.0)
    stroke(painting, "add", (6.5, 8.5), width=1.0)
    assert painting.change[8, 6] != 0, "one put back is one that can be used elsewhere"


def test_what_is_over_a_smaller_budget_stays_and_may_only_shrink() -> None:
    for norm, budget, less in (("l2", 1.0, 0.4), ("linf", 0.5, 0.2), ("l0", 12.0, 4.0)):
        painting = Painting(np.full(SHAPE, 0.5), Rules(norm, budget, True))  # type: ignore[arg-type]
        stroke(painting, "add", (3.5, 4.5), width=5.0, strength=0.45)
        before, size = painting.change.copy(), painting.size
        painting.set_rules(Rules(norm, less, True))  # type: ignore[arg-type]
        np.testing.assert_array_equal(painting.change, before)
        assert over_budget(painting.size, painting.rules)
        stroke(painting, "add", (3.5, 4.5), width=20.0, strength=0.5)
        assert painting.size <= size * (1 + 1e-14)
        stroke(painting, "soften", (3.5, 4.5), width=20.0, strength=1.0)
        assert painting.size == 0


def test_other_rules_bring_everything_into_the_box_strokes_brought_back_too() -> None:
    image = an_image()
    painting = unlimited(image)
    stroke(painting, "add", (3.5, 4.5), width=20.0, strength=1.0)
    stroke(painting, "add", (3.5, 4.5), width=20.0, strength=1.0)
    painting.set_rules(Rules("l2", 1e6, True))
    np.testing.assert_array_equal(painting.image, np.ones(SHAPE))
    painting.undo()
    np.testing.assert_array_equal(painting.image, np.ones(SHAPE))
    painting.redo()
    np.testing.assert_array_equal(painting.image, np.ones(SHAPE))


@pytest.mark.parametrize("target", [None, 2])
def test_the_standing_is_what_the_model_says(target: int | None) -> None:
    weights, image = some_weights(), an_image()
    goal = Goal(weights, image.ravel(), target)
    change = 0.05 * np.random.default_rng(5).normal(size=SHAPE)
    standing = goal.standing(change)
    model = SoftmaxPerceptron(weights)
    seen = (image + change).ravel()
    logits, start = model.logits(seen), model.logits(image.ravel())
    np.testing.assert_allclose(standing.probabilities, model.probabilities(seen), rtol=1e-12)
    assert standing.predicted == logits.argmax()
    read = int(start.argmax())
    assert goal.read == read
    wanted = read if target is None else target
    others = [k for k in range(4) if k != wanted]
    gaps = [max(z[others]) - z[wanted] for z in (start, logits)]
    if target is None:
        gaps = [-gap for gap in gaps]
    assert goal.first_gap == pytest.approx(gaps[0], rel=1e-12)
    assert standing.gap == pytest.approx(gaps[1], rel=1e-12)
    assert standing.gap == pytest.approx(logits[standing.leader] - logits[standing.chaser])
    assert standing.way == pytest.approx((gaps[0] - gaps[1]) / gaps[0], rel=1e-9)
    assert goal.start.way == 0
    assert goal.start.gap == goal.first_gap
    assert efficiency(standing, goal.first_gap, 0.5) == pytest.approx(2 * (gaps[0] - gaps[1]))
    assert efficiency(goal.start, goal.first_gap, 0.0) == 0


@pytest.mark.parametrize("target", [None, 2])
def test_the_hint_is_the_gradient_of_the_gap(target: int | None) -> None:
    goal = Goal(some_weights(), an_image().ravel(), target)
    change = 0.01 * np.random.default_rng(6).normal(size=an_image().size)
    numerical = central_differences(lambda d: goal.standing(d).gap, change)
    np.testing.assert_allclose(goal.uphill(goal.standing(change)), -numerical, atol=1e-8)


@pytest.mark.parametrize("target", [None, 2])
def test_just_beyond_the_smallest_change_one_wins_and_just_below_not(target: int | None) -> None:
    weights, image = some_weights(), an_image().ravel()
    goal = Goal(weights, image, target)
    found = smallest_change(weights, image, "l2", target=target, boxed=True)
    below, beyond = (goal.standing(share * found.change) for share in (0.999, 1.001))
    assert not below.won
    assert below.way < 1
    assert beyond.won
    assert beyond.way > 1


def test_what_cannot_be_played_is_refused_in_words() -> None:
    weights, image = some_weights(), an_image().ravel()
    with pytest.raises(SettingError, match="class 4 is no class of this model"):
        Goal(weights, image, 4)
    with pytest.raises(SettingError, match="62 pixels; this model reads 63"):
        Goal(weights, image[1:], 1)
    with pytest.raises(SettingError, match="Train the model first"):
        Goal(np.zeros_like(weights), image, 1)
    weights[2, 3] = np.nan
    with pytest.raises(SettingError, match="no numbers any more"):
        Goal(weights, image, 1)


def a_standing(way: float, *, won: bool = False) -> Standing:
    return Standing(np.full(2, 0.5), 0, 1.0 - way, 0, 1, way, won)


@pytest.mark.parametrize(
    ("way", "words"),
    [(0.0, 0), (0.6299, 62), (0.9999, 99), (1.0, 100), (1.236, 123), (-0.5, -50), (1e9, 999)],
)
def test_only_the_whole_way_is_a_hundred_percent(way: float, words: int) -> None:
    assert percent(way) == words


def test_the_score_in_words() -> None:
    rules = Rules("l2", 1.0, True)
    said = score(a_standing(0.62), 0.8, rules, 0.31, "3")
    assert said == "You: 62 % of the way with 0.80 of 1.00. The gradient needs 0.31."
    said = score(a_standing(-0.25), 0.8, rules, 0.31, "3")
    assert said.startswith("You: 25 % of the way backwards with 0.80 of 1.00.")
    said = score(a_standing(0.0), 0.0, rules, 0.05, "3")
    assert said == "Nothing is painted yet; the budget is 1.00. The gradient needs 0.05."
    assert least_sized(0.96957, "l2") == "0.9695", "0.96 would be less than a size of 0.97"
    said = score(a_standing(1.1, won=True), 0.93, rules, 0.31, "3")
    assert said == (
        "You win: read as 3 with 0.93 of 1.00. The gradient needs 0.31: yours is 3 times as large."
    )
    said = score(a_standing(1.1, won=True), 0.31, rules, 0.31, "3")
    assert "no change is smaller than yours" in said
    said = score(a_standing(1.1, won=True), 0.311, rules, 0.31, "3")
    assert "yours is as small to half a percent" in said
    said = score(a_standing(1.1, won=True), 1.2, rules, 0.31, "3")
    assert said.startswith("Over the budget, 1.20 of 1.00"), "over the budget nobody wins"
    said = score(a_standing(0.5), 0.8, rules, 1.2, "3")
    assert "nobody can win" in said


def test_the_score_in_pixels() -> None:
    rules = Rules("l0", 8.0, True)
    said = score(a_standing(0.62), 1.0, rules, 4.0, "3")
    assert said == "You: 62 % of the way with 1 of 8 pixels. The gradient needs 4 pixels."
    said = score(a_standing(1.1, won=True), 1.0, rules, 1.0, "3")
    assert "The gradient needs 1 pixel: no change is smaller than yours" in said
    said = score(a_standing(1.1, won=True), 3.0, rules, 4.0, "3", at_least=2.0)
    assert "The gradient's own way takes 4 pixels (2 at least): yours is smaller." in said


def test_no_change_is_called_the_smallest_before_that_is_proven() -> None:
    """Of two bounds: 5 pixels are enough, and it takes 4 at least."""
    rules, won = Rules("l0", 8.0, True), a_standing(1.1, won=True)
    said = score(won, 5.0, rules, 5.0, "3", at_least=4.0)
    assert said.endswith("The gradient needs 5 pixels (4 at least): as many as you.")
    assert "yours is smaller" in score(won, 4.5, rules, 5.0, "3", at_least=4.0)
    assert "no change is smaller than yours" in score(won, 4.0, rules, 5.0, "3", at_least=4.0)
    assert "no change is smaller than yours" in score(won, 5.0, rules, 5.0, "3", at_least=5.0)
    narrow = Rules("l0", 4.0, True)
    assert "nobody can win" not in score(a_standing(0.5), 2.0, narrow, 5.0, "3", at_least=4.0)
    assert "nobody can win" in score(a_standing(0.5), 2.0, narrow, 5.0, "3", at_least=5.0)


def ask(norm: Any, target: int | None, *, boxed: bool = True, **more: Any) -> Answer:
    options = {"factor": 2.0, **more}
    return Optimiser()(Question(some_weights(), an_image().ravel(), target, norm, boxed, **options))


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("target", [None, 2])
def test_the_optimiser_keeps_the_rules_and_reaches_what_it_says(
    norm: Any, target: int | None
) -> None:
    answer = ask(norm, target)
    weights, image = some_weights(), an_image().ravel()
    found = smallest_change(weights, image, norm, target=target, boxed=True)
    assert answer.needed == found.size
    assert answer.at_least == found.at_least
    assert answer.budget == (round(2 * found.size) if norm == "l0" else 2 * found.size)
    goal = Goal(weights, image, target)
    for changes in (answer.smallest, answer.most):
        assert not changes[0].any(), "it grows from the image itself"
        for change in changes:
            assert (image + change >= 0).all()
            assert (image + change <= 1 + 1e-15).all()
            assert size_of(change, norm) <= answer.budget * (1 + 1e-12)
        assert goal.standing(changes[-1]).won
    assert size_of(answer.smallest[-1], norm) == pytest.approx(found.size, rel=5e-3)
    assert goal.standing(answer.most[-1]).gap < goal.standing(answer.smallest[-1]).gap


def test_the_most_within_the_budget_is_the_closed_form_where_there_are_two_classes() -> None:
    weights, image = some_weights(2), an_image().ravel()
    goal = Goal(weights, image, None)
    difference = weights[1 - goal.read, 1:] - weights[goal.read, 1:]
    # Hoelder: |a|_2 of the budget in L2, |a|_1 in L-infinity.
    for norm, dual in (("l2", np.linalg.norm(difference)), ("linf", np.abs(difference).sum())):
        question = Question(weights, image, None, norm, False, 3.0)  # type: ignore[arg-type]
        answer = Optimiser()(question)
        gap = goal.standing(answer.most[-1]).gap
        assert gap == pytest.approx(goal.first_gap - answer.budget * dual, rel=1e-6)
    answer = Optimiser()(Question(weights, image, None, "l0", True, 3.0))
    gains = np.maximum(difference * (1 - image), -difference * image)
    best = np.sort(gains)[::-1][: int(answer.budget)].sum()
    gap = goal.standing(answer.most[-1]).gap
    assert gap == pytest.approx(goal.first_gap - best, rel=1e-9)


def test_a_budget_that_is_given_is_kept() -> None:
    free = ask("l2", 2)
    answer = ask("l2", 2, budget=0.5 * free.needed)
    assert answer.needed == free.needed
    assert answer.budget == 0.5 * free.needed
    goal = Goal(some_weights(), an_image().ravel(), 2)
    end = goal.standing(answer.most[-1])
    assert not end.won, "half of what is needed is enough for nobody"
    assert 0 < end.way < 1


def test_where_no_change_is_enough_there_is_none() -> None:
    weights = np.zeros((2, 1 + an_image().size))
    weights[0, 0] = 5.0  # a lead that this little weight cannot make good within the box
    weights[1, 1] = 1.0
    image = np.full(an_image().size, 0.5)
    answer = Optimiser()(Question(weights, image, 1, "l2", True, 2.0))
    assert np.isinf(answer.needed)
    assert len(answer.smallest) == len(answer.most) == 1
    outside = Optimiser()(Question(weights, image, 1, "l2", False, 2.0))
    assert outside.needed == pytest.approx(4.5)


def test_a_budget_is_whole_pixels_where_pixels_are_counted() -> None:
    assert budget_of(2.0, 3.0, "l0") == 6
    assert budget_of(0.5, 1.0, "l0") == 1
    assert budget_of(2.0, 0.3, "l2") == 0.6
    assert budget_of(2.0, 0.0, "l2") > 0


def test_an_image_that_is_read_so_already_is_told() -> None:
    goal = Goal(some_weights(), an_image().ravel(), 2)
    same = Goal(some_weights(), an_image().ravel(), goal.read)
    assert same.is_reached
    assert not goal.is_reached
    with pytest.raises(SettingError, match="already"):
        ask("l2", goal.read)


def test_a_dragged_budget_asks_for_the_smallest_change_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def counted(*given: Any, **more: Any) -> Any:
        asked.append(more)
        return smallest_change(*given, **more)

    monkeypatch.setattr("core.attack.by_hand.optimiser.smallest_change", counted)
    optimiser, weights, image = Optimiser(), some_weights(), an_image().ravel()
    first = optimiser(Question(weights, image, 2, "l2", True, 2.0))
    second = optimiser(Question(weights, image, 2, "l2", True, 5.0))
    assert len(asked) == 1
    assert second.needed == first.needed
    assert second.budget == 2.5 * first.budget
    optimiser(Question(weights, image, 2, "linf", True, 5.0))
    optimiser(Question(weights.copy(), image, 2, "linf", True, 5.0))
    assert len(asked) == 3

"""What an attack came to, in numbers and words."""

from __future__ import annotations

import numpy as np
import pytest

from core.attack import AttackStep, summarise
from core.attack.outcome import SATURATED_RESPONSE
from core.data.dataset import read_only


def attack_steps(*probabilities):
    return [
        AttackStep(
            step=i,
            image=read_only(np.zeros(3)),
            probabilities=read_only(np.array(values)),
            loss=1.0,
            gradient_norm=1.0,
            l2=0.5 * i,
            linf=0.125 * i,
        )
        for i, values in enumerate(probabilities)
    ]


NAMES = ("zero", "one", "two")

ONE, TWO = (0.2, 0.7, 0.1), (0.1, 0.2, 0.7)


@pytest.mark.parametrize(
    ("seen", "success_step"),
    [
        ([ONE, ONE, TWO, TWO], 2),
        ([ONE, TWO, ONE, TWO], 3),  # only from where it stays
        ([ONE, TWO, TWO, ONE], None),
        ([TWO, TWO], 0),
        ([ONE], None),
    ],
)
def test_success_counts_from_the_step_since_which_the_target_is_read(seen, success_step):
    outcome = summarise(attack_steps(*seen), target=2, original=1)
    assert outcome.success_step == success_step
    assert outcome.succeeded == (success_step is not None)
    assert outcome.step == len(seen) - 1


def test_an_outcome_may_be_asked_for_at_any_step():
    steps = attack_steps(ONE, ONE, TWO)
    assert not summarise(steps[:2], 2, 1).succeeded
    assert summarise(steps, 2, 1).succeeded


def test_success_in_words():
    outcome = summarise(attack_steps(ONE, ONE, TWO, TWO), target=2, original=1)
    assert outcome.sentence(NAMES) == (
        "one read as two after 2 steps; after 3 steps with probability 0.700; "
        "length of the change 1.50, largest pixel 0.38"
    )
    once = summarise(attack_steps(ONE, TWO), target=2, original=None)
    assert once.sentence(NAMES).startswith("Noise read as two after 1 step; ")


def test_failure_in_words():
    outcome = summarise(attack_steps(ONE, ONE, ONE), target=2, original=1)
    assert outcome.sentence(NAMES) == (
        "one still read as one (0.700) after 2 steps, not as two; "
        "length of the change 1.00, largest pixel 0.25"
    )


def logit_response(probabilities, target):
    y = np.array(probabilities)
    residual = np.eye(len(y))[target] - y
    jacobian = np.diag(y) - np.outer(y, y)
    return np.linalg.norm(jacobian @ residual)


@pytest.mark.parametrize(
    ("start", "saturated"),
    [
        ((0.9996, 0.0002, 0.0002), True),
        ((0.9, 0.05, 0.05), False),
        ((1.0, 0.0, 0.0), True),
        ((1 / 3, 1 / 3, 1 / 3), False),
    ],
)
def test_a_confident_start_is_flagged_as_saturated(start, saturated):
    outcome = summarise(attack_steps(start), target=2, original=0)
    assert outcome.saturated is saturated
    assert bool(logit_response(start, 2) < SATURATED_RESPONSE) is saturated


def test_a_start_that_is_the_target_already_is_a_success_from_the_beginning():
    outcome = summarise(attack_steps((0.0, 0.0, 1.0)), target=2, original=2)
    assert outcome.success_step == 0


def test_the_headline_says_what_happened_and_nothing_of_noise_is_right():
    steps = attack_steps(ONE, ONE, TWO, TWO)
    assert summarise(steps[:3], 2, 1).headline(NAMES) == "one read as two after 2 steps"
    words = summarise(steps, 2, 1).headline(NAMES)
    assert words == "one read as two after 2 steps; after 3 steps with probability 0.700"
    still = summarise(steps[:2], 2, 1).headline(NAMES)
    assert still == "one still read as one (0.700) after 1 step, not as two"
    noise = summarise(attack_steps(ONE, TWO, TWO), 2, None)
    words = "Noise read as two after 1 step; after 2 steps with probability 0.700"
    assert noise.headline(NAMES) == words
    assert "rightly" not in noise.sentence(NAMES)
    pulled = noise.headline(NAMES, "a one")
    assert pulled.startswith("Noise pulled toward a one read as two after 1 step")
    assert summarise(steps, 2, 2, read_as=1).headline(NAMES).startswith("two, taken for one, read")


def test_what_swings_is_not_said_to_be_still_read_so():
    """The reading at the last step is said, and how often it changed; 0.998 is not 1.00."""
    three = (0.002, 0.998, 0.0)
    swings = summarise(attack_steps((1, 0, 0), three, (1, 0, 0), three), 2, 0)
    words = "zero read as one (0.998) after 3 steps, not as two; it changed 3 times"
    assert swings.headline(NAMES) == words
    assert swings.headline(NAMES, brief=True) == words.split(";")[0]
    never = "In 3 steps it is never read as two, though the reading changes 3 times."
    assert swings.no_flip(NAMES) == never
    between = summarise(attack_steps(ONE, TWO, ONE), 2, 1)
    assert between.no_flip(NAMES) == "In 2 steps it is read as two for a while, but not at the end."
    anything = summarise(attack_steps(ONE, TWO, ONE), None, 1)
    words = "In 2 steps it is read otherwise for a while, but not at the end."
    assert anything.no_flip(NAMES) == words
    stays = summarise(attack_steps(ONE, ONE), 2, 1)
    assert stays.no_flip(NAMES) == "In 1 step the reading does not flip."
    assert summarise(attack_steps(TWO, TWO), 2, 1).no_flip(NAMES) == (
        "It is read as two from the start."
    )


@pytest.mark.parametrize(
    ("seen", "saturated"),
    [
        ([(0.9998, 0.0001, 0.0001)] * 3, True),
        ([(0.9998, 0.0001, 0.0001), (0.6, 0.3, 0.1)], False),  # it has moved
        ([(0.9998, 0.0001, 0.0001), (0.0001, 0.9998, 0.0001)], False),  # it swings
        ([(0.5, 0.5, 0.0)], False),  # torn, not sure
    ],
)
def test_saturated_is_what_finds_nothing_to_follow_where_it_stands(seen, saturated):
    assert summarise(attack_steps(*seen), 2, 0).saturated is saturated

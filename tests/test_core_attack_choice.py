"""What a person sets for one attack and finds again in the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from attack_samples import example

from core.attack import ATTACKS, AttackChoice
from core.attack.choice import BUDGETS
from core.errors import SettingError


def test_what_means_the_same_is_set_for_all_that_have_it():
    choice = AttackChoice().chosen("pgd")
    choice = choice.with_setting("objective", "squared").with_setting("seed", 7)
    choice = choice.with_setting("box", False).with_setting("steps", 9)
    assert choice.chosen("bim").value("objective") == "squared"
    assert choice.chosen("gaussian").value("seed") == 7
    assert choice.chosen("exact").value("box") is False
    assert choice.chosen("bim").value("steps") == ATTACKS["bim"].settings().steps  # its own


def test_every_norm_keeps_its_budget():
    choice = AttackChoice().chosen("pgd").with_setting("budget", 2.5)
    assert choice.chosen("fgsm").value("budget") == 2.5
    choice = choice.with_setting("norm", "linf")
    assert choice.value("budget") == BUDGETS["linf"]
    choice = choice.with_setting("budget", 0.03)
    assert choice.chosen("fgsm").value("norm") == "linf"
    assert choice.chosen("fgsm").value("budget") == 0.03
    back = choice.chosen("fgsm").with_setting("norm", "l2")
    assert back.value("budget") == back.chosen("pgd").value("budget") == 2.5


def test_a_norm_that_others_do_not_know_stays_where_it_is():
    choice = AttackChoice().chosen("exact").with_setting("norm", "l0")
    assert choice.value("norm") == "l0"
    assert choice.chosen("pgd").value("norm") == "l2"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("budget", 0.0, "Budget must be above 0: a budget of 0 allows no change at all"),
        ("budget", -1.0, "Budget must be a number from"),
        ("norm", "l3", "Norm must be one of"),
        ("steps", 0, "Steps must be a whole number from 1"),
    ],
)
def test_bad_values_are_refused_and_nothing_changes(name, value, words):
    choice = AttackChoice().chosen("pgd")
    before = choice.current
    with pytest.raises(SettingError, match=words):
        choice.with_setting(name, value)
    assert choice.current == before


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_the_chosen_attack_is_built_with_its_settings(name):
    model, images = example()
    target = (int(model.predict(images)[0]) + 1) % model.n_classes
    choice = AttackChoice().chosen(name)
    attack = choice.attack(model, replace(choice.current, target=target), images[:1])
    assert type(attack) is ATTACKS[name]
    assert attack.target == target
    assert all(getattr(attack.config, key) == choice.value(key) for key in choice.parameters)
    free = choice.attack(model, choice.current, images, np.zeros(len(images), dtype=np.int64))
    assert free.target is None
    assert not free.labels.any()

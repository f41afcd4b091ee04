"""One size and one box for all that is attacked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from gui_helpers import PANEL_SIZE, wait_until

from gui.attack.by_hand.panel import ByHandPanel
from gui.attack.targets.panel import TargetsPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session


def test_one_choice_is_that_of_every_attack(session: Session) -> None:
    attack, measure = session.attack, session.attack.measure
    measure.measure(norm="linf", boxed=False)
    for name in ("pgd", "fgsm", "exact"):
        attack.choose_attack(name)
        assert (attack.chosen.norm, attack.chosen.boxed) == ("linf", False)
    attack.set_setting("box", True)
    assert measure.boxed
    measure.measure(norm="l0")
    assert attack.chosen.norm == "l0"
    attack.choose_attack("pgd")
    assert attack.chosen.norm == "linf"  # it counts no pixels
    assert measure.set_norm == "l2"


def test_noise_has_a_box_of_its_own(session: Session) -> None:
    attack, measure, told = session.attack, session.attack.measure, []
    assert measure.boxed
    measure.changed.connect(lambda: told.append(measure.boxed))
    attack.set_start_from_noise(True)
    assert not attack.chosen.boxed
    measure.measure(boxed=True)
    measure.measure(boxed=False)
    attack.set_start_from_noise(False)
    assert told == [False, True, False, True]
    assert attack.chosen.boxed


def test_the_exact_change_after_noise_leaves_the_box_of_images(session: Session) -> None:
    attack = session.attack
    attack.set_start_from_noise(True)
    attack.choose_exact("linf", boxed=attack.measure.boxed)
    assert not attack.chosen.begins_as_noise
    assert (attack.chosen.norm, attack.chosen.boxed) == ("linf", True)
    attack.choose_exact("l2", boxed=False)
    assert not attack.chosen.boxed


def test_the_same_target_costs_the_same_in_the_film_and_by_hand(
    session: Session, new_panel: Callable[..., Any], qtbot: QtBot
) -> None:
    session.attack.choose("test", 3)
    session.attack.set_active(True)
    hand = new_panel(ByHandPanel, session, size=PANEL_SIZE)
    targets = new_panel(TargetsPanel, session, size=PANEL_SIZE)
    film, game = session.attack.film, hand.game
    for boxed in (True, False):
        session.attack.measure.measure(boxed=boxed)
        wait_until(
            qtbot,
            lambda: (
                film.is_settled
                and not film.is_growing
                and targets.study.is_settled
                and game.answer is not None
                and game.is_ready
                and game.optimiser.is_settled
            ),
        )
        assert film.least is not None
        target = session.attack.target
        assert game.answer.needed == pytest.approx(film.least.size)
        found = targets.study.found
        assert found is not None
        crossing = found.crossings[target]
        assert crossing is not None
        assert crossing.smallest.size == pytest.approx(film.least.size)

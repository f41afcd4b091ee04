"""Choosing the attack, its norm, budget and other settings, by clicks; what the film then shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    PAGE_SIZE,
    choose,
    click,
    data_of,
    drag,
    handle_centre,
    has_colour,
    pixels,
    scopes_of,
    type_number,
    wait_until,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox

from core.attack import ATTACKS, NORMS, AttackStep, frames
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import grey_rgb
from gui.attack.page import AttackPage
from gui.theme import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session

NUMBER = 17


@pytest.fixture
def page(session: Session, new_panel: Callable[..., Any], qtbot: QtBot) -> AttackPage:
    """Return the Attack page on a known image."""
    session.attack.choose("train", NUMBER)
    page: AttackPage = new_panel(AttackPage, session, scopes=scopes_of(), size=PAGE_SIZE)
    wait_for_any_film(qtbot, session)
    return page


@pytest.fixture
def told(session: Session) -> list[str]:
    """Return what the session has said to people, which grows."""
    told: list[str] = []
    session.messages.notified.connect(lambda words, _: told.append(words))
    return told


def is_settled(session: Session) -> bool:
    attack, shown = session.attack, session.view.shown
    return (
        shown is not None
        and attack.film.weights is shown.weights
        and attack.film.is_settled
        and not attack.film.is_growing
        and (bool(attack.film.steps) or bool(attack.film.problem))
    )


def wait_for_any_film(qtbot: QtBot, session: Session) -> None:
    wait_until(qtbot, lambda: is_settled(session))


def pick(qtbot: QtBot, page: AttackPage, session: Session, name: str) -> None:
    """Choose an attack in the list."""
    combo = page.controls.settings.attack
    choose(qtbot, combo, combo.findData(name))
    assert session.attack.chosen.name == name
    wait_for_any_film(qtbot, session)


def core_film(session: Session) -> list[AttackStep]:
    """Return the film that the core makes of the chosen attack."""
    attack, shown = session.attack, session.view.shown
    assert shown is not None
    assert attack.chosen_image is not None
    choice = attack.chosen.choice
    config = replace(choice.current, target=attack.target)
    made = choice.attack(SoftmaxPerceptron(shown.weights), config, attack.chosen_image)
    return list(frames(made))


def assert_shows(page: AttackPage, session: Session, film: list[AttackStep]) -> None:
    attack, panel = session.attack, page.film_panel
    assert len(attack.film.steps) == len(film)
    for shown, expected in zip(attack.film.steps, film, strict=True):
        np.testing.assert_array_equal(shown.image, expected.image)
    shape = data_of(session).image_shape
    step = film[attack.film.position]
    painted = pixels(panel.result_view, panel.result_view.image_rect())
    expected_rgb = grey_rgb(step.image.reshape(shape))
    rows = ((np.arange(shape[0]) + 0.5) * painted.shape[0] / shape[0]).astype(int)
    columns = ((np.arange(shape[1]) + 0.5) * painted.shape[1] / shape[1]).astype(int)
    np.testing.assert_array_equal(painted[rows][:, columns], expected_rgb)
    np.testing.assert_array_equal(panel.bars.probabilities, step.probabilities)
    losses = [step.loss for step in film]
    np.testing.assert_allclose(panel.loss_plot.main.data("loss")[1], losses, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(set(ATTACKS) - {"descent"}))
def test_every_attack_can_be_chosen_and_its_film_is_the_cores(
    page: AttackPage, session: Session, qtbot: QtBot, name: str
) -> None:
    pick(qtbot, page, session, name)
    assert_shows(page, session, core_film(session))
    line = page.controls.settings
    assert line.attack.currentText() == ATTACKS[name].label
    assert ATTACKS[name].source in line.attack.toolTip()
    declared = set(session.attack.chosen.parameters)
    assert set(page.controls.rows) == declared | {"box"}
    for other in (row for key, row in line.rows.items() if key not in line.form.rows):
        assert other.editor.isVisible()


def test_nothing_lies_over_the_list_of_attacks(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    line = page.controls.settings
    for name in ("descent", "pgd", "descent"):
        pick(qtbot, page, session, name)
        box = line.attack.geometry()
        for x in range(box.left() + 1, box.right(), 8):
            assert line.childAt(x, box.center().y()) is line.attack
        assert set(line.form.rows) <= set(line.rows)


def test_going_back_to_the_practicals_descent(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    before = session.attack.film.steps[-1].image
    pick(qtbot, page, session, "pgd")
    assert not page.controls.start.isEnabled()
    pick(qtbot, page, session, "descent")
    assert page.controls.start.isEnabled()
    np.testing.assert_array_equal(session.attack.film.steps[-1].image, before)


def test_other_attacks_do_not_begin_from_noise(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    choose(qtbot, page.controls.start, 1)
    assert not page.controls.any_other.isEnabled()
    wait_for_any_film(qtbot, session)
    pick(qtbot, page, session, "fgsm")
    assert session.attack.config.start == NUMBER
    assert_shows(page, session, core_film(session))
    assert "Only the practical's descent" in page.controls.start.toolTip()


def test_the_norm_has_a_budget_of_its_own(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    pick(qtbot, page, session, "pgd")
    attack, rows = session.attack, page.controls.rows
    norm = rows["norm"].editor
    assert isinstance(norm, QComboBox)
    first = attack.chosen.budget
    choose(qtbot, norm, norm.findData("linf"))
    assert attack.chosen.norm == "linf"
    assert norm.currentText() == NORMS["linf"].label
    assert attack.chosen.budget != first
    wait_for_any_film(qtbot, session)
    film = core_film(session)
    assert max(step.linf for step in film) <= attack.chosen.budget + 1e-6
    assert_shows(page, session, film)
    choose(qtbot, norm, norm.findData("l2"))
    assert attack.chosen.budget == first
    assert page.controls.rows["budget"].editor.value() == first


def test_the_budget_acts_at_once_by_its_slider_and_by_its_field(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    attack, row = session.attack, page.controls.rows["budget"]
    for text in ("0.05", "2"):
        type_number(qtbot, row.editor, text)
        wait_for_any_film(qtbot, session)
        assert 0.9 * float(text) < attack.film.steps[-1].l2 <= float(text) * (1 + 1e-6)
        assert_shows(page, session, core_film(session))
    assert row.slider is not None
    assert row.slider.isVisible()
    drag(row.slider, handle_centre(row.slider), QPoint(row.slider.width() // 2, 8))
    assert attack.chosen.budget < 1
    wait_for_any_film(qtbot, session)
    assert (
        0.9 * attack.chosen.budget < attack.film.steps[-1].l2 <= attack.chosen.budget * (1 + 1e-6)
    )
    assert_shows(page, session, core_film(session))


@pytest.mark.parametrize("text", ["0", "-2", "1e9"])
def test_a_budget_that_allows_nothing_is_explained(
    page: AttackPage, session: Session, told: list[str], qtbot: QtBot, text: str
) -> None:
    pick(qtbot, page, session, "fgsm")
    before = session.attack.chosen.budget
    type_number(qtbot, page.controls.rows["budget"].editor, text)
    assert told
    words = "a budget of 0 allows no change at all" if text == "0" else "must be a number from"
    assert words in told[-1]
    assert session.attack.chosen.budget == before
    assert page.controls.rows["budget"].editor.value() == before


def test_the_other_settings_unfold_and_act(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    line = page.controls.settings
    assert line.more.isVisible()
    line.more.menu().popup(line.more.mapToGlobal(QPoint(0, line.more.height())))
    wait_until(qtbot, line.form.isVisible)
    objective, start = line.form.rows["objective"].editor, line.form.rows["random_start"].editor
    assert isinstance(objective, QComboBox)
    assert isinstance(start, QCheckBox)
    choose(qtbot, objective, objective.findData("cross_entropy"))
    assert session.attack.chosen.value("objective") == "cross_entropy"
    wait_for_any_film(qtbot, session)
    assert_shows(page, session, core_film(session))
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton, pos=QPoint(8, start.height() // 2))
    assert session.attack.chosen.value("random_start") is False
    type_number(qtbot, line.form.rows["seed"].editor, "12")
    type_number(qtbot, line.form.rows["step_size"].editor, "0.5")
    assert session.attack.chosen.value("seed") == 12
    assert session.attack.chosen.value("step_size") == 0.5
    line.more.menu().close()
    wait_for_any_film(qtbot, session)
    assert session.attack.film.steps[0].l2 == 0.0
    assert_shows(page, session, core_film(session))


def test_the_box_is_shared_and_can_be_off(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    pick(qtbot, page, session, "fgsm")
    box = page.controls.rows["box"].editor
    assert isinstance(box, QCheckBox)
    assert box.isChecked()
    type_number(qtbot, page.controls.rows["budget"].editor, "5")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    wait_for_any_film(qtbot, session)
    image = session.attack.film.steps[-1].image
    assert image.min() < 0 or image.max() > 1
    pick(qtbot, page, session, "pgd")
    assert not box.isChecked()
    pick(qtbot, page, session, "greedy_l0")
    assert box.isChecked()  # it knows no other way
    assert not box.isEnabled()


@pytest.mark.parametrize("name", ["descent", "exact", "pgd"])
def test_any_other_class_will_do(
    page: AttackPage, session: Session, qtbot: QtBot, name: str
) -> None:
    pick(qtbot, page, session, name)
    controls, attack = page.controls, session.attack
    click(qtbot, controls.any_other)
    assert attack.target is None
    assert controls.any_other.isChecked()
    assert has_colour(pixels(controls.any_other), LIGHT.accent).any()
    wait_for_any_film(qtbot, session)
    read = attack.film.steps[0].predicted
    outcome = attack.film.outcome()
    assert outcome is not None
    assert (attack.film.steps[-1].predicted != read) == outcome.succeeded
    assert attack.film.aim != read
    assert outcome.succeeded or name == "descent"
    if outcome.succeeded:
        assert attack.film.aim == attack.film.steps[-1].predicted
        target = data_of(session).class_names[attack.film.aim]
        assert f"read as {target}" in page.film_panel.sentence.text()
    button = controls.targets.button(3)
    click(qtbot, button)
    assert attack.target == 3
    assert not controls.any_other.isChecked()


def test_the_class_it_is_read_as_is_no_target_and_the_page_says_so(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    attack, panel = session.attack, page.film_panel
    read = attack.film.steps[0].predicted
    click(qtbot, page.controls.targets.button(read))
    wait_for_any_film(qtbot, session)
    assert attack.film.steps == []
    assert panel.sentence.text() == (
        f"The image is read as class {read} already; choose another target class."
    )
    assert panel.result_view.caption == "not changed"
    shown = session.view.shown
    assert shown is not None
    assert attack.chosen_image is not None
    np.testing.assert_array_equal(
        panel.bars.probabilities, shown.probabilities_of(attack.chosen_image)
    )
    click(qtbot, page.controls.targets.button((read + 1) % 10))
    wait_for_any_film(qtbot, session)
    assert attack.film.steps
    assert_shows(page, session, core_film(session))


def test_a_film_that_is_no_more_is_not_played_on(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    attack = session.attack
    read = attack.film.steps[0].predicted
    attack.film.play(from_start=True)
    click(qtbot, page.controls.targets.button(read))
    wait_until(qtbot, lambda: bool(attack.film.problem))
    assert not attack.film.playing
    assert attack.film.least is None


def test_other_data_leave_no_old_problem(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    pick(qtbot, page, session, "pgd")
    session, attack = session, session.attack
    click(qtbot, page.controls.targets.button(attack.film.steps[0].predicted))
    wait_until(qtbot, lambda: bool(attack.film.problem))
    problems: list[str] = []
    session.view.dataset_changed.connect(lambda: problems.append(attack.film.problem))
    session.wanted.set_setting("train_size", 200)
    session.training.rewind()
    wait_until(qtbot, lambda: bool(problems))
    assert problems == [""]


@pytest.mark.parametrize("name", ["descent", "pgd"])
def test_numbers_do_not_run_away_while_a_longer_film_is_awaited(
    page: AttackPage, session: Session, qtbot: QtBot, name: str
) -> None:
    pick(qtbot, page, session, name)
    attack, hint = session.attack, page.film_panel.hint
    if name == "pgd":
        attack.choose_attack("descent")
    attack.set_setting("steps", attack.config.steps + 50)
    assert len(attack.film.steps) <= attack.config.steps  # the old film
    assert "run away" not in hint.text()
    wait_for_any_film(qtbot, session)
    assert len(attack.film.steps) == attack.config.steps + 1
    assert "run away" not in hint.text()


def test_a_model_that_has_learnt_nothing_is_explained(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    session.view.show_epoch(0)
    wait_for_any_film(qtbot, session)
    assert "Train the model first" in page.film_panel.sentence.text()
    session.view.show_epoch(None)
    wait_for_any_film(qtbot, session)
    assert session.attack.film.steps


def test_a_falling_margin_is_drawn_although_it_is_negative(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    assert page.film_panel.loss_plot.options.log_y
    pick(qtbot, page, session, "exact")
    losses = [step.loss for step in session.attack.film.steps]
    assert min(losses) <= 0 < max(losses)
    assert not page.film_panel.loss_plot.options.log_y
    pick(qtbot, page, session, "descent")
    assert page.film_panel.loss_plot.options.log_y


def test_the_page_says_how_little_would_have_been_enough(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    attack, hint = session.attack, page.film_panel.hint
    pick(qtbot, page, session, "fgsm")
    assert attack.chosen_image is not None
    assert attack.film.weights is not None
    for target in (attack.config.target, None):
        if target is None:
            click(qtbot, page.controls.any_other)
            wait_for_any_film(qtbot, session)
        l2, linf = (
            smallest_change(
                attack.film.weights, attack.chosen_image, norm, target=target, boxed=True
            )
            for norm in ("l2", "linf")
        )
        assert attack.film.least == pytest.approx((l2.size, linf.size), rel=1e-6)
        wanted = "something else" if target is None else f"a {target}"
        assert hint.isVisible()
        assert hint.text() == (
            f"No change with pixels between 0 and 1 shorter than {l2.size:.3g}, or with a largest "
            f"pixel below {linf.size:.2g}, makes it {wanted}."
        )
    pick(qtbot, page, session, "descent")
    choose(qtbot, page.controls.start, 1)
    wait_for_any_film(qtbot, session)
    assert attack.film.least is None  # noise is no image to be changed

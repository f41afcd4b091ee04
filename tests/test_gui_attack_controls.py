"""The sentence: image, target, attack and its settings, by clicks; what the film then shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    PAGE_SIZE,
    begin_as_noise,
    choose,
    data_of,
    drag,
    handle_centre,
    pixels,
    scopes_of,
    type_number,
    type_setting,
    unfolded,
    wait_until,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel

from core.attack import ATTACKS, AttackStep, frames
from core.attack.film import LEAST_STEPS
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import grey_rgb
from core.words import at_least
from gui.attack.page import AttackPage
from gui.session.own_image import OwnImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session

NUMBER = 17


@pytest.fixture
def page(session: Session, new_panel: Callable[..., Any], qtbot: QtBot) -> AttackPage:
    """Return the Attack page on a known image."""
    session.attack.choose("train", NUMBER)
    session.attack.set_setting("steps", 300)  # or the descent's film would end soon after the flip
    page: AttackPage = new_panel(AttackPage, session, scopes=scopes_of(), size=PAGE_SIZE)
    wait_for_any_film(qtbot, session)
    return page


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
    combo = page.controls.attack
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
    controls = page.controls
    assert controls.attack.currentText().lower() == ATTACKS[name].label.lower()
    assert ATTACKS[name].source in controls.attack.toolTip()
    declared = set(session.attack.chosen.parameters)
    assert set(controls.settings.rows) == declared - {"norm", "box"}
    with unfolded(qtbot, controls.settings):
        assert all(row.editor.isVisible() for row in controls.settings.rows.values())


def test_going_back_to_the_practicals_descent(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    before = session.attack.film.steps[-1].image
    pick(qtbot, page, session, "pgd")
    pick(qtbot, page, session, "descent")
    np.testing.assert_array_equal(session.attack.film.steps[-1].image, before)


def test_other_attacks_do_not_begin_from_noise(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    begin_as_noise(page, qtbot)
    assert page.controls.target.findText("any other") < 0, "noise has no other class"
    wait_for_any_film(qtbot, session)
    pick(qtbot, page, session, "fgsm")
    assert session.attack.config.start == NUMBER
    assert_shows(page, session, core_film(session))
    assert page.controls.image.currentText().startswith(f"training {NUMBER}, ")


def test_the_choice_of_the_image_is_as_wide_as_your_drawing(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    dataset, part = session.view.dataset, page.controls.part
    assert dataset is not None
    with unfolded(qtbot, page.controls.image):
        pass  # it was as wide as what it offered then
    own = OwnImage(dataset.test.images[3], dataset.image_shape, 1, dataset.class_names, False)
    session.attack.choose_own(own)
    wait_for_any_film(qtbot, session)
    with unfolded(qtbot, page.controls.image):
        assert part.currentText() == "your drawing"
        assert part.width() >= part.fontMetrics().horizontalAdvance("your drawing") + 28
    # Where there is no room for all of it, the class is what matters.
    captions = page.film_panel.chosen_view.captions
    assert captions[:2] == ("read as a 1, drawn", "read as a 1")


def test_the_norm_has_a_budget_of_its_own(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    pick(qtbot, page, session, "pgd")
    attack, norm = session.attack, page.size_choice.norm
    first = attack.chosen.budget
    choose(qtbot, norm, norm.findData("linf"))
    assert attack.chosen.norm == "linf"
    assert norm.currentText() == "largest pixel"
    assert attack.chosen.budget != first
    wait_for_any_film(qtbot, session)
    film = core_film(session)
    assert max(step.linf for step in film) <= attack.chosen.budget + 1e-6
    assert_shows(page, session, film)
    choose(qtbot, norm, norm.findData("l2"))
    assert attack.chosen.budget == first
    assert page.controls.settings.rows["budget"].editor.value() == first


def test_the_budget_acts_at_once_by_its_slider_and_by_its_field(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    attack, row = session.attack, page.controls.settings.rows["budget"]
    for text in ("0.05", "2"):
        type_setting(qtbot, page, "budget", text)
        wait_for_any_film(qtbot, session)
        assert 0.9 * float(text) < attack.film.steps[-1].l2 <= float(text) * (1 + 1e-6)
        assert_shows(page, session, core_film(session))
    assert row.slider is not None
    with unfolded(qtbot, page.controls.settings):
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
    type_setting(qtbot, page, "budget", text)
    assert told
    words = "a budget of 0 allows no change at all" if text == "0" else "must be a number from"
    assert words in told[-1]
    assert session.attack.chosen.budget == before
    assert page.controls.settings.rows["budget"].editor.value() == before


def test_the_other_settings_unfold_and_act(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    line = page.controls.settings
    line.showPopup()
    wait_until(qtbot, line.unfolded.isVisible)
    objective, start = line.rows["objective"].editor, line.rows["random_start"].editor
    assert isinstance(objective, QComboBox)
    assert isinstance(start, QCheckBox)
    choose(qtbot, objective, objective.findData("cross_entropy"))
    assert session.attack.chosen.value("objective") == "cross_entropy"
    wait_for_any_film(qtbot, session)
    assert_shows(page, session, core_film(session))
    qtbot.mouseClick(start, Qt.MouseButton.LeftButton, pos=QPoint(8, start.height() // 2))
    assert session.attack.chosen.value("random_start") is False
    type_number(qtbot, line.rows["seed"].editor, "12")
    type_number(qtbot, line.rows["step_size"].editor, "0.5")
    assert session.attack.chosen.value("seed") == 12
    assert session.attack.chosen.value("step_size") == 0.5
    line.hidePopup()
    wait_for_any_film(qtbot, session)
    assert session.attack.film.steps[0].l2 == 0.0
    assert_shows(page, session, core_film(session))


def test_the_box_is_shared_and_can_be_off(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    pick(qtbot, page, session, "fgsm")
    box = page.size_choice.boxed
    assert box.isChecked()
    type_setting(qtbot, page, "budget", "5")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    wait_for_any_film(qtbot, session)
    image = session.attack.film.steps[-1].image
    assert image.min() < 0 or image.max() > 1
    pick(qtbot, page, session, "pgd")
    assert not session.attack.chosen.boxed
    pick(qtbot, page, session, "greedy_l0")
    assert session.attack.chosen.boxed  # it knows no other way
    with unfolded(qtbot, page.controls.settings):
        labels = page.controls.settings.unfolded.findChildren(QLabel)
        assert any("keeps pixels in 0..1 in any case" in label.text() for label in labels)


@pytest.mark.parametrize("name", ["descent", "exact", "pgd"])
def test_any_other_class_will_do(
    page: AttackPage, session: Session, qtbot: QtBot, name: str
) -> None:
    pick(qtbot, page, session, name)
    controls, attack = page.controls, session.attack
    choose(qtbot, controls.target, controls.target.findText("any other"))
    assert attack.target is None
    assert controls.target.currentText() == "any other"
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
    choose(qtbot, controls.target, 3)
    assert attack.target == 3


def test_the_class_it_is_read_as_is_no_target_and_the_page_says_so(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    pick(qtbot, page, session, "pgd")
    attack, panel = session.attack, page.film_panel
    read = attack.film.steps[0].predicted
    choose(qtbot, page.controls.target, read)
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
    choose(qtbot, page.controls.target, (read + 1) % 10)
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
    choose(qtbot, page.controls.target, read)
    wait_until(qtbot, lambda: bool(attack.film.problem))
    assert not attack.film.playing
    assert attack.film.least is None


def test_other_data_leave_no_old_problem(page: AttackPage, session: Session, qtbot: QtBot) -> None:
    pick(qtbot, page, session, "pgd")
    session, attack = session, session.attack
    choose(qtbot, page.controls.target, attack.film.steps[0].predicted)
    wait_until(qtbot, lambda: bool(attack.film.problem))
    problems: list[str] = []
    session.view.dataset_changed.connect(lambda: problems.append(attack.film.problem))
    session.wanted.set_setting("train_size", 200)
    session.training.start_again(play=False)
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
            choose(qtbot, page.controls.target, 10)
            wait_for_any_film(qtbot, session)
        l2, linf = (
            smallest_change(
                attack.film.weights, attack.chosen_image, norm, target=target, boxed=True
            )
            for norm in ("l2", "linf")
        )
        least = attack.film.least
        assert least is not None
        assert least.size == pytest.approx(l2.size, rel=1e-6)
        words = page.film_panel.sentence.text()
        assert f"the least possible is {at_least(l2.size, 4)} in the box." in words
        near = min((k for k in least.sizes if k != attack.film.aim), key=least.sizes.get)
        assert f"Toward {near} it would take" in hint.text()
    attack.measure.measure(norm="linf")
    wait_for_any_film(qtbot, session)
    assert attack.film.least.size == pytest.approx(linf.size, rel=1e-6)
    assert "Largest pixel of the change" in page.film_panel.sentence.text()
    pick(qtbot, page, session, "descent")
    begin_as_noise(page, qtbot)
    wait_for_any_film(qtbot, session)
    assert attack.film.least is None  # noise is no image to be changed


def test_the_number_of_steps_is_the_most_unless_a_person_has_set_it(
    session: Session, new_panel: Callable[..., Any], qtbot: QtBot
) -> None:
    session.attack.choose("train", NUMBER)
    page = new_panel(AttackPage, session, scopes=scopes_of(), size=PAGE_SIZE)
    wait_for_any_film(qtbot, session)
    settings, film = page.controls.settings, session.attack.film
    most = int(session.attack.chosen.value("steps"))
    assert settings.currentText().startswith(f"at most {most} steps of ")
    assert film.last < most
    assert f"{LEAST_STEPS} at least" in settings.toolTip()
    assert f"at most {most} steps of " in settings.toolTip()
    pick(qtbot, page, session, "pgd")
    assert settings.currentText().startswith(f"{film.last} steps"), (
        "none of the others ends earlier"
    )
    pick(qtbot, page, session, "descent")
    type_setting(qtbot, page, "steps", str(most - 1))
    wait_for_any_film(qtbot, session)
    assert settings.currentText().startswith(f"{most - 1} steps of ")
    assert film.last == most - 1


def test_a_number_of_steps_asked_for_at_the_start_is_made(new_session: Callable[..., Any]) -> None:
    assert new_session().attack.chosen.ends_itself
    asked = new_session(attack_given=frozenset({"attack_steps"}))
    assert not asked.attack.chosen.ends_itself


def test_a_popup_is_as_large_as_the_rows_that_come_and_go_in_it(
    page: AttackPage, session: Session, qtbot: QtBot
) -> None:
    settings, image = page.controls.settings, page.controls.image

    def assert_all_is_there(popup: QFrame) -> None:
        """Each row that is shown has the height that it asks for, within the popup."""
        layout = popup.layout()
        assert layout is not None
        inside = layout.itemAt(0).widget()

        def fits() -> bool:
            is_whole = inside.height() >= inside.sizeHint().height()
            is_inside = popup.rect().contains(inside.geometry())
            return is_whole and is_inside and popup.height() <= inside.height() + 24

        wait_until(qtbot, fits)

    with unfolded(qtbot, image):
        assert_all_is_there(image.unfolded)
        for part in ("noise", "test", "noise"):
            choose(qtbot, page.controls.part, page.controls.part.findData(part))
            assert_all_is_there(image.unfolded)
    with unfolded(qtbot, settings):
        assert not settings.toward.isVisible()
        without = settings.unfolded.height()
        type_number(qtbot, settings.rows["pull"].editor, "0.02")
        assert settings.toward.isVisible()
        assert_all_is_there(settings.unfolded)
        assert settings.unfolded.height() > without
    with unfolded(qtbot, settings):
        assert_all_is_there(settings.unfolded)
        type_number(qtbot, settings.rows["pull"].editor, "0")
        assert_all_is_there(settings.unfolded)
        wait_until(qtbot, lambda: settings.unfolded.height() == without)

"""The tab Same change: the film's change, and one for all, on every image of the part."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import tiny_dataset
from gui_helpers import (
    click,
    data_of,
    drag,
    handle_centre,
    has_colour,
    hover,
    open_view,
    pixels,
    press,
    put_on,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

import gui.attack.same_change.study
from core.attack import ATTACKS
from core.attack.whole_parts.same_change import SameChange
from core.attack.whole_parts.universal_search import UniversalSearch
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer
from core.pictures import diverging_rgb
from core.words import percent
from gui.attack.same_change.panel import SUCCESS, SameChangePanel
from gui.attack.same_change.study import SameChangeQuestion, UniversalQuestion, find_universal
from gui.jobs.study import Study
from gui.session.run_state import RunState
from gui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from core.attack.whole_parts.same_change import SameChangeResult
    from core.data.dataset import Dataset
    from core.progress import Progress
    from gui.session.session import Session
    from gui.window.main_window import MainWindow

SOON = 20.0


@pytest.fixture(scope="module")
def large() -> tuple[Dataset, NDArray[np.float32]]:
    """Return 10,000 images of 784 pixels and the weights of a model of them."""
    data = tiny_dataset(300, 10_000, shape=(28, 28), n_classes=10)
    trainer = Trainer(data, TrainingConfig(epochs=2))
    list(trainer.run())
    return data, trainer.snapshot()


def question_of(large: tuple[Dataset, NDArray[np.float32]], strength: float) -> SameChangeQuestion:
    data, weights = large
    change = weights[1, 1:] - weights[0, 1:]
    return SameChangeQuestion(weights, "test", data.test, change, strength, 1, True)


def test_a_newer_change_takes_the_place_of_10000_images_after_one_step(
    large: tuple[Dataset, NDArray[np.float32]], new_session: Callable[..., Session], qtbot: QtBot
) -> None:
    reached, allowed = threading.Semaphore(0), threading.Semaphore(0)

    class Held(SameChange):
        """Tells of its steps and goes on only when allowed to."""

        def run(self) -> Generator[Progress, None, None]:
            for progress in super().run():
                reached.release()
                assert allowed.acquire(timeout=SOON)
                yield progress

    asked = first, second = question_of(large, 1.0), question_of(large, 2.0)
    session = new_session()

    def begin(q: SameChangeQuestion) -> SameChange:
        return Held(q.weights, q.split, q.change, q.target, strength=q.strength, box=q.box)

    study = Study(session.view, session.pool, "counting", lambda: asked[0], begin,
                  browse=frozenset({"change", "strength"}))  # fmt: skip
    study.watch(True)
    assert reached.acquire(timeout=SOON)
    asked = second, first
    study.ask()  # while the first few images are done
    allowed.release()
    assert reached.acquire(timeout=SOON)  # the next is the second question's
    wait_until(qtbot, lambda: study.answer is not None)
    answer = study.answer
    assert answer is not None
    assert answer.question is first
    assert answer.found is not None
    assert 0 < answer.found.n_images < 1000  # left after this one step
    study.call_off()
    allowed.release()
    wait_until(qtbot, lambda: not study.is_computing and study.answer is not answer)
    answer = study.answer
    assert answer is not None
    assert answer.question is second
    part = SameChange(second.weights, second.split, second.change, 1, strength=2.0)
    next(part.run())
    assert answer.found is not None
    assert answer.found.n_images == part.found().n_images
    assert answer.found.change == part.found().change
    assert not reached.acquire(blocking=False)  # no step was begun after it was called off


def test_a_search_on_10000_images_that_is_called_off_keeps_its_passes(
    large: tuple[Dataset, NDArray[np.float32]], new_session: Callable[..., Session], qtbot: QtBot
) -> None:
    data, weights = large
    third, allowed = threading.Event(), threading.Semaphore(0)
    n_after = 0

    class Held(UniversalSearch):
        """Waits in the third pass, and counts the steps that follow."""

        def run(self) -> Generator[Progress, None, None]:
            nonlocal n_after
            for progress in super().run():
                if len(self.found().success_rates) >= 3:
                    n_after += 1
                    third.set()
                    assert allowed.acquire(timeout=SOON)
                yield progress

    config = ATTACKS["universal"].settings(budget=4.0, steps=30)  # type: ignore[call-arg]
    question = UniversalQuestion(weights, 2.0, "test", data.test, config)  # type: ignore[arg-type]
    model = SoftmaxPerceptron(weights)
    images, labels = data.test.images, data.test.true_labels
    session = new_session()
    study = Study(session.view, session.pool, "finding", lambda: question,
                  lambda q: Held(model, q.config, images, labels), on_demand=True)  # fmt: skip
    study.start()
    assert third.wait(SOON)
    study.call_off()
    allowed.release(1000)
    wait_until(qtbot, lambda: not study.is_computing)
    wait_until(qtbot, lambda: study.found is not None and len(study.found.success_rates) == 3)
    assert n_after == 1
    found = study.found
    assert found is not None
    plain = find_universal(question)
    for _ in plain.run():
        if len(plain.found().success_rates) == 3:
            break
    assert found.success_rates == plain.found().success_rates
    np.testing.assert_array_equal(found.change, plain.found().change)


def wait_for_counts(qtbot: QtBot, panel: SameChangePanel) -> SameChangeResult:
    """Wait until all images are counted with the change shown now."""
    counted = panel.state.counted
    wait_until(qtbot, lambda: counted.is_settled and counted.found is not None)
    assert counted.found is not None
    return counted.found


def find(qtbot: QtBot, panel: SameChangePanel) -> None:
    """Click and wait until the search for one change for all is over."""
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: panel.state.universal.is_settled)


def core_counts(
    session: Session, change: NDArray[np.floating], strength: float
) -> SameChangeResult:
    """Return what core finds of a change on the test images."""
    assert session.view.shown is not None
    attack = session.attack
    same = SameChange(
        weights=session.view.shown.weights,
        split=data_of(session).split(attack.config.part),
        change=change,
        target=attack.film.aim,
        strength=strength,
        box=attack.chosen.boxed,
    )
    list(same.run())
    return same.found()


def counts(result: SameChangeResult) -> tuple[object, ...]:
    return result.n_images, result.n_right, result.n_open, result.change, result.noise


@pytest.fixture
def panel(
    new_panel: Callable[..., SameChangePanel], session: Session, qtbot: QtBot
) -> SameChangePanel:
    """Return the panel with a whole film of PGD toward class 1, at its end."""
    attack = session.attack
    attack.set_active(True)
    choose_pgd(session)
    wait_until(qtbot, lambda: attack.film.steps and attack.film.is_settled)
    panel = new_panel(SameChangePanel, session)
    attack.film.go_to(len(attack.film.steps) - 1)
    wait_for_counts(qtbot, panel)
    return panel


def choose_pgd(session: Session) -> None:
    """Attack an image with PGD toward class 1."""
    session.attack.choose_attack("pgd")
    session.attack.set_setting("budget", 1.2)
    session.attack.set_setting("target", 1)
    session.attack.choose("test", 3)


def test_the_films_change_is_counted_and_shown_on_every_image(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    attack = session.attack
    assert attack.film.step is not None
    assert attack.chosen_image is not None
    change = attack.film.step.image - attack.chosen_image
    result = wait_for_counts(qtbot, panel)
    expected = core_counts(session, change, 1.0)
    assert counts(result) == counts(expected)
    assert result.change.n_pushed > result.noise.n_pushed
    cells = panel.effects.cells
    assert cells["right", "before"].text() == percent(result.n_right / 200, 1, "")
    for key, effect in (("change", result.change), ("noise", result.noise)):
        assert cells["right", key].text() == percent(effect.n_right / 200, 1, "")
        assert cells["fooled", key].text() == percent(effect.n_fooled / result.n_right, 1, "")
        assert cells["pushed", key].text() == percent(effect.n_pushed / result.n_open, 1, "")
    assert "to 1" in {label.text() for label in panel.effects.findChildren(QLabel)}
    assert "all 200 test images" in panel.words.text()
    shown, names = result.shown, data_of(session).class_names
    assert [image.index for image in panel.strip.images] == shown.indices.tolist()
    for i in (0, 7):
        told = hover(panel.strip, panel.strip.cell_rect(0, i).center())
        assert f"test image {shown.indices[i]}" in told
        assert f"was read as {names[shown.before[i]]}" in told
        assert told.endswith(f"is read as {names[shown.after[i]]}")
    picture = pixels(panel.view, panel.view.image_rect().adjusted(1, 1, -1, -1))
    drawn = diverging_rgb(change.reshape(8, 8), float(np.abs(change).max()))
    h, w = picture.shape[:2]
    rows, columns = (np.arange(8) + 0.5) * h / 8, (np.arange(8) + 0.5) * w / 8
    centres = picture[rows.astype(int)][:, columns.astype(int)]
    np.testing.assert_allclose(centres.astype(int), drawn.astype(int), atol=1)


def test_framed_are_those_that_are_fooled(
    panel: SameChangePanel, app: QApplication, qtbot: QtBot
) -> None:
    shown = wait_for_counts(qtbot, panel).shown
    fooled = (shown.before == shown.labels) & (shown.after != shown.labels)
    n = panel.strip.n_cells[1]
    assert 0 < fooled[:n].sum() < n
    for theme in (LIGHT, DARK):
        put_on(app, panel, theme)
        for place in range(n):
            seen = pixels(panel.strip, panel.strip.cell_rect(0, place))
            assert (has_colour(seen, theme.bad).sum() > 60) == bool(fooled[place])


def test_it_follows_the_step_of_the_film(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.film.go_to(0)
    result = wait_for_counts(qtbot, panel)
    assert session.attack.film.steps[0].l2 > 0  # the random start
    session.attack.film.go_to(4)
    other = wait_for_counts(qtbot, panel)
    assert counts(other) != counts(result)
    assert session.attack.film.step is not None
    assert session.attack.chosen_image is not None
    change = session.attack.film.step.image - session.attack.chosen_image
    assert counts(other) == counts(core_counts(session, change, 1.0))
    assert "step 4 of 50" in panel.words.text()


def test_the_slider_multiplies_the_change(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    change = panel.state.change()
    assert change is not None
    before = wait_for_counts(qtbot, panel)
    start = handle_centre(panel.strength)
    drag(panel.strength, start, QPoint(panel.strength.width() - 4, start.y()))
    assert panel.state.strength == pytest.approx(4.0, abs=0.15)
    result = wait_for_counts(qtbot, panel)
    strength = panel.state.strength
    assert panel.strength_words.text() == f"× {strength:.2f}"
    assert counts(result) == counts(core_counts(session, change, strength))
    assert result.change.n_fooled > before.change.n_fooled
    panel.strength.setFocus()
    qtbot.keyClick(panel.strength, Qt.Key.Key_Home)
    assert panel.state.strength == 0.0
    result = wait_for_counts(qtbot, panel)
    assert result.change.n_fooled == result.noise.n_fooled == 0


def test_a_click_opens_the_image_and_from_there_it_is_attacked(
    window: MainWindow, qtbot: QtBot
) -> None:
    session, page = window.session, window.page("attack")
    press(qtbot, window, "Ctrl+2")
    choose_pgd(session)
    open_view(qtbot, page, "the same change")
    panel = page.tabs.panel("the same change")
    assert panel.isVisible()
    wait_until(qtbot, lambda: session.attack.film.steps and session.attack.film.is_settled)
    session.attack.film.go_to(len(session.attack.film.steps) - 1)
    shown = wait_for_counts(qtbot, panel).shown
    hover(panel.strip, panel.strip.cell_rect(0, 1).center())
    assert f"test image {shown.indices[1]}" in window.foot.hovered.text()
    index = panel.strip.images[1].index
    click(qtbot, panel.strip, panel.strip.cell_rect(0, 1).center())
    card = page.images.card
    wait_until(qtbot, card.isVisible)
    assert card.content is not None
    assert (card.content.part, card.content.index) == ("test", index)
    click(qtbot, card.attack_button)
    assert not card.isVisible()
    assert page.film_panel.isVisible()
    assert session.attack.index == index
    session.attack.film.pause()


def test_one_change_for_all_is_cores_and_the_film_comes_back(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    assert not panel.all_button.isEnabled()
    film = wait_for_counts(qtbot, panel)
    click(qtbot, panel.find_button)
    assert panel.state.universal.is_computing
    wait_until(qtbot, lambda: panel.state.universal.is_settled)
    result = wait_for_counts(qtbot, panel)
    assert session.view.shown is not None
    test = data_of(session).test
    config = ATTACKS["universal"].settings(
        target=1,
        norm="l2",
        budget=1.2,
        box=session.attack.chosen.boxed,  # type: ignore[call-arg]
    )
    search = UniversalSearch(
        model=SoftmaxPerceptron(session.view.shown.weights),
        config=config,
        images=test.images,
        labels=test.labels,  # type: ignore[arg-type]
    )
    list(search.run())
    found = panel.state.found
    assert found is not None
    np.testing.assert_array_equal(found.change, search.found().change)
    assert counts(result) == counts(core_counts(session, search.found().change, 1.0))
    _, y = panel.plot.main.data(SUCCESS)
    np.testing.assert_array_equal(y, list(search.found().success_rates))
    assert panel.plot.isVisible()
    # The share that the search counts is the share of the table.
    assert result.change.n_pushed / result.n_open == pytest.approx(max(y), abs=1e-9)
    assert result.change.n_pushed > film.change.n_pushed / 2
    assert panel.all_button.isChecked()
    assert "to 1" in panel.words.text()
    click(qtbot, panel.film_button)
    assert counts(wait_for_counts(qtbot, panel)) == counts(film)
    assert not panel.plot.isVisible()
    click(qtbot, panel.all_button)
    assert counts(wait_for_counts(qtbot, panel)) == counts(result)


def test_other_settings_mark_the_change_for_all_as_outdated(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    find(qtbot, panel)
    assert panel.note.text() == ""
    session.attack.set_setting("budget", 0.7)
    assert "search again" in panel.note.text()
    assert panel.note.isVisible()
    session.attack.set_setting("budget", 1.2)
    assert panel.note.text() == ""
    session.attack.choose("train", 2)
    assert "other images" in panel.note.text()
    session.attack.choose("test", 2)
    session.view.show_epoch(2)
    wait_until(qtbot, lambda: "model of epoch 12" in panel.note.text())


def test_away_from_what_each_is_where_any_other_class_will_do(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.set_untargeted()
    find(qtbot, panel)
    found = panel.state.found
    assert found is not None
    assert panel.state.asked is not None
    assert panel.state.asked.config.target is None
    result = wait_for_counts(qtbot, panel)
    best = max(found.success_rates)
    assert result.change.n_fooled / result.n_right == pytest.approx(best)
    assert result.change.n_fooled > 3 * result.noise.n_fooled


def test_a_search_is_called_off_by_the_button_and_keeps_its_best(
    panel: SameChangePanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = threading.Event()

    class Slow(UniversalSearch):
        def run(self) -> Generator[Progress, None, None]:
            for progress in super().run():
                pause.wait(0.05)
                yield progress

    monkeypatch.setattr(gui.attack.same_change.study, "UniversalSearch", Slow)
    click(qtbot, panel.find_button)
    wait_until(qtbot, panel.progress.isVisible)
    wait_until(qtbot, lambda: len(panel.plot.main.data(SUCCESS)[0]) > 3)  # it grows on the way
    click(qtbot, panel.progress.button)
    wait_until(qtbot, lambda: not panel.state.universal.is_computing)
    wait_until(qtbot, lambda: not panel.progress.isVisible())
    found = panel.state.found
    assert found is not None
    assert 3 < len(found.success_rates) < 51
    assert panel.state.is_for_all
    assert len(panel.plot.main.data(SUCCESS)[0]) == len(found.success_rates)
    wait_until(qtbot, lambda: not panel.state.counted.is_computing)
    assert panel.state.counted.found is not None
    wait_until(qtbot, lambda: not panel.progress.isVisible())
    pause.set()


def test_what_there_is_not_is_said(panel: SameChangePanel, session: Session, qtbot: QtBot) -> None:
    session.attack.choose_attack("bim")
    wait_until(qtbot, lambda: session.attack.film.is_settled)
    session.attack.film.go_to(0)
    wait_until(qtbot, lambda: "nothing is changed yet" in panel.note.text())
    session.attack.set_setting("budget", 1e-5)
    find(qtbot, panel)
    assert "allow a larger one" in panel.note.text()
    session.wanted.set_setting("init", "zeros")
    session.training.start_again(play=False)
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_until(qtbot, lambda: session.view.shown is not None and session.view.shown.epoch == 0)
    find(qtbot, panel)
    assert "Train the model first" in panel.note.text()
    # Once there is something to fool the refusal is of no use any more.
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: "Train the model first" not in panel.note.text())


def test_a_film_from_noise_says_that_its_change_is_the_whole_image(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.choose_attack("descent")
    session.attack.set_start_from_noise(True)
    wait_until(qtbot, lambda: "starts from noise" in panel.note.text())


def test_nothing_is_counted_where_nobody_looks(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    panel.hide()
    session.attack.film.go_to(2)
    qtbot.wait(300)
    assert not panel.state.counted.is_computing
    assert not panel.state.counted.is_settled
    panel.show()
    wait_for_counts(qtbot, panel)
    assert "step 2 of 50" in panel.words.text()


def test_other_data_forget_the_change_for_all(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    find(qtbot, panel)
    session.wanted.set_setting("test_size", 60)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session).test.n_samples == 60)
    assert panel.state.found is None
    assert not panel.all_button.isEnabled()
    assert panel.film_button.isChecked()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: session.attack.film.is_settled)
    assert wait_for_counts(qtbot, panel).n_images == 60


def test_a_change_toward_a_class_that_is_gone_is_forgotten(
    panel: SameChangePanel, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    """The attack tells of its new target before anybody is told of the new data."""
    session.attack.set_setting("target", 9)
    find(qtbot, panel)
    assert panel.state.found is not None
    session.open(write_data(tmp_path / "two", (8, 8), 2, 300, 200))
    wait_until(qtbot, lambda: data_of(session).n_classes == 2)
    assert panel.state.found is None
    session.attack.set_untargeted()  # what is left of the target may be what it is read as
    wait_until(qtbot, lambda: session.attack.film.steps and session.attack.film.is_settled)
    assert wait_for_counts(qtbot, panel).n_images > 0


def test_a_search_ends_when_the_window_closes(
    panel: SameChangePanel, session: Session, qtbot: QtBot
) -> None:
    chosen = session.attack.chosen
    chosen.choice = chosen.choice.chosen("universal").with_setting("steps", 20_000)
    click(qtbot, panel.find_button)
    assert session.close()

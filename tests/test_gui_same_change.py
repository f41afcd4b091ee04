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
    pixels,
    press,
    wait_for_state,
    wait_until,
    write_data,
)
from PySide6.QtCore import QPoint, Qt

import gui.attack.same_change.job
import gui.attack.same_change.universal_job
from core.attack import ATTACKS
from core.attack.whole_parts.same_change import SameChange
from core.attack.whole_parts.universal_search import UniversalSearch
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer, TrainingConfig
from core.pictures import diverging_rgb
from gui.attack.same_change.job import SAME_CHANGE_SLOT, SameChangeJob, SameChangeRequest
from gui.attack.same_change.panel import SUCCESS, SameChangePanel
from gui.attack.same_change.universal_job import UniversalDone, UniversalJob, UniversalRequest
from gui.jobs.mailbox import Mailbox
from gui.session.run_state import RunState
from gui.theme import DARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
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


def request_of(large: tuple[Dataset, NDArray[np.float32]], strength: float) -> SameChangeRequest:
    data, weights = large
    change = weights[1, 1:] - weights[0, 1:]
    return SameChangeRequest(weights, "test", data.test, change, strength, 1, True)


class Held(SameChange):
    """Tells of its steps and goes on only when allowed to."""

    reached: threading.Semaphore
    allowed: threading.Semaphore

    def run(self) -> Iterator[Progress]:
        for progress in super().run():
            self.reached.release()
            self.allowed.acquire(timeout=SOON)
            yield progress


def test_a_newer_change_takes_the_place_of_10000_images_after_one_step(
    large: tuple[Dataset, NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gui.attack.same_change.job, "SameChange", Held)
    monkeypatch.setattr(Held, "reached", threading.Semaphore(0), raising=False)
    monkeypatch.setattr(Held, "allowed", threading.Semaphore(0), raising=False)
    mailbox = Mailbox()
    job = SameChangeJob(mailbox)
    job.start()
    first, second = request_of(large, 1.0), request_of(large, 2.0)
    job.request(first)
    assert Held.reached.acquire(timeout=SOON)
    job.request(second)  # while the first few images are done
    Held.allowed.release()
    assert Held.reached.acquire(timeout=SOON)
    state = mailbox.take()[1][SAME_CHANGE_SLOT].payload
    assert state.request is first
    assert 0 < state.result.n_images < 1000
    assert state.is_over  # left after this one step; the next is the second request's
    job.call_off()
    Held.allowed.release()
    for _ in range(2000):
        latest = mailbox.take()[1]
        if SAME_CHANGE_SLOT in latest and latest[SAME_CHANGE_SLOT].payload.is_over:
            break
        threading.Event().wait(0.01)
    state = latest[SAME_CHANGE_SLOT].payload
    assert state.request is second
    part = SameChange(second.weights, second.split, second.change, 1, strength=2.0)
    steps = part.run()
    next(steps)
    assert state.result.n_images == part.found().n_images
    assert state.result.change == part.found().change
    assert not Held.reached.acquire(blocking=False)  # no step was begun after it was called off
    job.request_stop()
    Held.allowed.release()
    assert job.join(SOON)


class _Counted(UniversalSearch):
    """Asks the job to stop in the third pass, and counts the steps that follow."""

    job: UniversalJob
    n_after = 0

    def run(self) -> Iterator[Progress]:
        for progress in super().run():
            if len(self.found().passes) >= 3:
                type(self).n_after += 1
                type(self).job.request_stop()
            yield progress


def test_a_cancelled_search_on_10000_images_keeps_its_passes(
    large: tuple[Dataset, NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, weights = large
    config = ATTACKS["universal"].settings(budget=4.0, steps=30)  # type: ignore[call-arg]
    request = UniversalRequest(weights, 2.0, "test", data.test, config)  # type: ignore[arg-type]
    mailbox = Mailbox()
    job = UniversalJob(4, mailbox, request)
    monkeypatch.setattr(gui.attack.same_change.universal_job, "UniversalSearch", _Counted)
    monkeypatch.setattr(_Counted, "job", job, raising=False)
    monkeypatch.setattr(_Counted, "n_after", 0)
    job.start()
    assert job.join(SOON)
    assert _Counted.n_after == 1
    (letter,), _ = mailbox.take()
    assert isinstance(letter.payload, UniversalDone)
    state = letter.payload.state
    assert state is not None
    assert len(state.passes) == 3
    plain = UniversalSearch(
        model=SoftmaxPerceptron(weights),
        config=config,
        images=data.test.images,
        labels=data.test.true_labels,  # type: ignore[arg-type]
    )
    for _ in plain.run():
        if len(plain.found().passes) == 3:
            break
    assert state.passes == plain.found().passes
    np.testing.assert_array_equal(state.change, plain.found().change)


def panel_of(window: MainWindow) -> SameChangePanel:
    panel = window.attack.tabs.panel("Same change")
    assert isinstance(panel, SameChangePanel)
    return panel


def wait_for_counts(qtbot: QtBot, session: Session) -> SameChangeResult:
    """Wait until all images are counted with the change shown now."""
    state = session.same_change

    def whole() -> bool:
        known = state.state
        return known is not None and not state.is_counting and known.request is state._asked

    wait_until(qtbot, whole)
    assert state.state is not None
    return state.state.result


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
        target=attack.aim,
        strength=strength,
        box=attack.boxed,
    )
    list(same.run())
    return same.found()


def counts(result: SameChangeResult) -> tuple[object, ...]:
    return result.n_images, result.n_right, result.n_open, result.change, result.noise


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Return the window with a whole film of PGD toward class 1, the tab opened by a click."""
    press(qtbot, window, "Ctrl+2")
    attack = window.session.attack
    attack.choose_attack("pgd")
    attack.set_setting("budget", 1.2)
    attack.set_setting("target", 1)
    attack.choose("test", 3)
    wait_until(qtbot, lambda: bool(attack.steps) and not attack.computing and attack.is_settled)
    click(qtbot, window.attack.tab("Same change"))
    assert panel_of(window).isVisible()
    wait_until(qtbot, lambda: not attack.computing and attack.is_settled)
    attack.go_to(len(attack.steps) - 1)
    wait_for_counts(qtbot, window.session)
    return window


def test_the_films_change_is_counted_and_shown_on_every_image(
    opened: MainWindow, qtbot: QtBot
) -> None:
    session, panel = opened.session, panel_of(opened)
    attack = session.attack
    assert attack.step is not None
    assert attack.chosen_image is not None
    change = attack.step.image - attack.chosen_image
    result = wait_for_counts(qtbot, session)
    expected = core_counts(session, change, 1.0)
    assert counts(result) == counts(expected)
    assert result.change.n_pushed > result.noise.n_pushed
    cells = panel.effects.cells
    assert cells["right", "before"].text() == f"{result.n_right / 200:.1%}"
    for key, effect in (("change", result.change), ("noise", result.noise)):
        assert cells["right", key].text() == f"{effect.n_right / 200:.1%}"
        assert cells["fooled", key].text() == f"{effect.n_fooled / result.n_right:.1%}"
        assert cells["pushed", key].text() == f"{effect.n_pushed / result.n_open:.1%}"
    assert panel.effects._heads["pushed"].text() == "to 1"
    assert "all 200 test images" in panel.words.text()
    shown, names = result.shown, data_of(session).class_names
    assert [image.index for image in panel.strip.images] == shown.indices.tolist()
    for i in (0, 7):
        hover(panel.strip, panel.strip.cell_rect(i).center())
        told = opened.hover_words.text()
        assert f"test image {shown.indices[i]}" in told
        assert f"was read as {names[shown.before[i]]}" in told
        assert told.endswith(f"is read as {names[shown.after[i]]}")
    picture = pixels(panel.view, panel.view.image_rect().adjusted(1, 1, -1, -1))
    drawn = diverging_rgb(change.reshape(8, 8), float(np.abs(change).max()))
    h, w = picture.shape[:2]
    rows, columns = (np.arange(8) + 0.5) * h / 8, (np.arange(8) + 0.5) * w / 8
    centres = picture[rows.astype(int)][:, columns.astype(int)]
    np.testing.assert_allclose(centres.astype(int), drawn.astype(int), atol=1)


def test_framed_are_those_that_are_fooled(opened: MainWindow, qtbot: QtBot) -> None:
    panel, result = panel_of(opened), wait_for_counts(qtbot, opened.session)
    shown = result.shown
    fooled = (shown.before == shown.labels) & (shown.after != shown.labels)
    n = panel.strip.n_fitting
    assert 0 < fooled[:n].sum() < n
    for theme in (opened.theme, DARK):
        opened.use_theme(theme)
        for place in range(n):
            seen = pixels(panel.strip, panel.strip.cell_rect(place))
            assert (has_colour(seen, theme.bad).sum() > 60) == bool(fooled[place])


def test_it_follows_the_step_of_the_film(opened: MainWindow, qtbot: QtBot) -> None:
    session, panel = opened.session, panel_of(opened)
    session.attack.go_to(0)
    result = wait_for_counts(qtbot, session)
    assert session.attack.steps[0].l2 > 0  # the random start
    session.attack.go_to(4)
    other = wait_for_counts(qtbot, session)
    assert counts(other) != counts(result)
    assert session.attack.step is not None
    assert session.attack.chosen_image is not None
    change = session.attack.step.image - session.attack.chosen_image
    assert counts(other) == counts(core_counts(session, change, 1.0))
    assert "step 4 of 50" in panel.words.text()


def test_the_slider_multiplies_the_change(opened: MainWindow, qtbot: QtBot) -> None:
    session, panel = opened.session, panel_of(opened)
    change = session.same_change.change()
    assert change is not None
    before = wait_for_counts(qtbot, session)
    start = handle_centre(panel.strength)
    drag(panel.strength, start, QPoint(panel.strength.width() - 4, start.y()))
    assert session.same_change.strength == pytest.approx(4.0, abs=0.15)
    result = wait_for_counts(qtbot, session)
    strength = session.same_change.strength
    assert panel.strength_words.text() == f"× {strength:.2f}"
    assert counts(result) == counts(core_counts(session, change, strength))
    assert result.change.n_fooled > before.change.n_fooled
    panel.strength.setFocus()
    qtbot.keyClick(panel.strength, Qt.Key.Key_Home)
    assert session.same_change.strength == 0.0
    result = wait_for_counts(qtbot, session)
    assert result.change.n_fooled == result.noise.n_fooled == 0


def test_a_click_opens_the_image_and_from_there_it_is_attacked(
    opened: MainWindow, qtbot: QtBot
) -> None:
    session, panel = opened.session, panel_of(opened)
    index = panel.strip.images[1].index
    click(qtbot, panel.strip, panel.strip.cell_rect(1).center())
    card = opened.attack.images.card
    wait_until(qtbot, card.isVisible)
    assert card.content is not None
    assert (card.content.part, card.content.index) == ("test", index)
    click(qtbot, card.attack_button)
    assert not card.isVisible()
    assert opened.attack.film_panel.isVisible()
    assert session.attack.index == index
    session.attack.pause()


def test_one_change_for_all_is_cores_and_the_film_comes_back(
    opened: MainWindow, qtbot: QtBot
) -> None:
    session, panel = opened.session, panel_of(opened)
    assert not panel.all_button.isEnabled()
    film = wait_for_counts(qtbot, session)
    click(qtbot, panel.find_button)
    assert session.same_change.is_searching
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    result = wait_for_counts(qtbot, session)
    assert session.view.shown is not None
    test = data_of(session).test
    config = ATTACKS["universal"].settings(
        target=1,
        norm="l2",
        budget=1.2,
        box=session.attack.boxed,  # type: ignore[call-arg]
    )
    search = UniversalSearch(
        model=SoftmaxPerceptron(session.view.shown.weights),
        config=config,
        images=test.images,
        labels=test.labels,  # type: ignore[arg-type]
    )
    list(search.run())
    found = session.same_change.found
    assert found is not None
    np.testing.assert_array_equal(found.change, search.found().change)
    assert counts(result) == counts(core_counts(session, search.found().change, 1.0))
    _, y = panel.plot.data(SUCCESS)
    np.testing.assert_array_equal(y, [one.success_rate for one in search.found().passes])
    assert panel.plot.isVisible()
    # The share that the search counts is the share of the table.
    assert result.change.n_pushed / result.n_open == pytest.approx(max(y), abs=1e-9)
    assert result.change.n_pushed > film.change.n_pushed / 2
    assert panel.all_button.isChecked()
    assert "to 1" in panel.words.text()
    click(qtbot, panel.film_button)
    assert counts(wait_for_counts(qtbot, session)) == counts(film)
    assert not panel.plot.isVisible()
    click(qtbot, panel.all_button)
    assert counts(wait_for_counts(qtbot, session)) == counts(result)


def test_other_settings_mark_the_change_for_all_as_outdated(
    opened: MainWindow, qtbot: QtBot
) -> None:
    session, panel = opened.session, panel_of(opened)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    assert panel.note.text() == ""
    session.attack.set_setting("budget", 0.7)
    assert "find it again" in panel.note.text()
    assert panel.note.isVisible()
    session.attack.set_setting("budget", 1.2)
    assert panel.note.text() == ""
    session.attack.choose("train", 2)
    assert "other images" in panel.note.text()
    session.attack.choose("test", 2)
    session.view.show_epoch(2)
    wait_until(qtbot, lambda: "model of epoch 12" in panel.note.text())


def test_away_from_what_each_is_where_any_other_class_will_do(
    opened: MainWindow, qtbot: QtBot
) -> None:
    session, panel = opened.session, panel_of(opened)
    click(qtbot, opened.attack.controls.any_other)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    found = session.same_change.found
    assert found is not None
    assert found.request.config.target is None
    result = wait_for_counts(qtbot, session)
    best = max(one.success_rate for one in found.passes)
    assert result.change.n_fooled / result.n_right == pytest.approx(best)
    assert result.change.n_fooled > 3 * result.noise.n_fooled


def test_a_search_is_called_off_by_the_button_and_keeps_its_best(
    opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, panel = opened.session, panel_of(opened)
    pause = threading.Event()

    class Slow(UniversalSearch):
        def run(self) -> Iterator[Progress]:
            for progress in super().run():
                pause.wait(0.05)
                yield progress

    monkeypatch.setattr(gui.attack.same_change.universal_job, "UniversalSearch", Slow)
    click(qtbot, panel.find_button)
    wait_until(qtbot, panel.progress.isVisible)
    wait_until(qtbot, lambda: len(panel.plot.data(SUCCESS)[0]) > 3)  # it grows on the way
    click(qtbot, panel.progress.button)
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    found = session.same_change.found
    assert found is not None
    assert 3 < len(found.passes) < 51
    assert session.same_change.is_for_all
    wait_for_counts(qtbot, session)
    wait_until(qtbot, lambda: not panel.progress.isVisible())
    pause.set()


def test_what_there_is_not_is_said(opened: MainWindow, qtbot: QtBot) -> None:
    session, panel = opened.session, panel_of(opened)
    session.attack.choose_attack("bim")
    wait_until(qtbot, lambda: not session.attack.computing and session.attack.is_settled)
    session.attack.go_to(0)
    wait_until(qtbot, lambda: "nothing is changed yet" in panel.note.text())
    session.attack.set_setting("budget", 1e-5)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    assert "allow a larger one" in panel.note.text()
    session.wanted.set_setting("init", "zeros")
    session.training.rewind()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_until(qtbot, lambda: session.view.shown is not None and session.view.shown.epoch == 0)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    assert "Train the model first" in panel.note.text()


def test_a_film_from_noise_says_that_its_change_is_the_whole_image(
    opened: MainWindow, qtbot: QtBot
) -> None:
    session, panel = opened.session, panel_of(opened)
    session.attack.choose_attack("descent")
    session.attack.set_start_from_noise(True)
    wait_until(qtbot, lambda: "starts from noise" in panel.note.text())


def test_nothing_is_counted_where_nobody_looks(opened: MainWindow, qtbot: QtBot) -> None:
    session, attack = opened.session, opened.session.attack
    wait_for_counts(qtbot, session)
    click(qtbot, opened.attack.tab("Film"))
    assert attack.active
    state = session.same_change.state
    attack.go_to(2)
    qtbot.wait(300)
    assert session.same_change.state is state
    press(qtbot, opened, "Ctrl+1")
    assert not attack.active


def test_other_data_forget_the_change_for_all(opened: MainWindow, qtbot: QtBot) -> None:
    session, panel = opened.session, panel_of(opened)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    session.wanted.set_setting("test_size", 60)
    session.training.rewind(play=True)
    wait_until(qtbot, lambda: data_of(session).test.n_samples == 60)
    assert session.same_change.found is None
    assert not panel.all_button.isEnabled()
    assert panel.film_button.isChecked()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: not session.attack.computing and session.attack.is_settled)
    assert wait_for_counts(qtbot, session).n_images == 60


def test_a_change_toward_a_class_that_is_gone_is_forgotten(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """The attack tells of its new target before anybody is told of the new data."""
    session, panel = opened.session, panel_of(opened)
    session.attack.set_setting("target", 9)
    click(qtbot, panel.find_button)
    wait_until(qtbot, lambda: not session.same_change.is_searching)
    assert session.same_change.found is not None
    session.open(write_data(tmp_path / "two", (8, 8), 2, 300, 200))
    wait_until(qtbot, lambda: data_of(session).n_classes == 2)
    assert session.same_change.found is None
    session.attack.set_untargeted()  # what is left of the target may be what it is read as
    wait_until(qtbot, lambda: bool(session.attack.steps) and not session.attack.computing)
    assert wait_for_counts(qtbot, session).n_images > 0


def test_a_search_ends_when_the_window_closes(
    opened: MainWindow, qtbot: QtBot, new_session: Callable[..., Session]
) -> None:
    opened.session.attack.chosen.choice = opened.session.attack.chosen.choice.chosen(
        "universal"
    ).with_setting("steps", 20_000)
    click(qtbot, panel_of(opened).find_button)
    assert opened.session.close()

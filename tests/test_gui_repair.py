"""Repair: both images, the sizes and the medians are core's, and every button does what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    SMALL,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_and_finish,
    pixels,
    press,
    wait_until,
)
from PySide6.QtCore import QPoint

from core.exact.repair import RepairSearch, RepairSizes, changed
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import TrainingConfig
from core.pictures import diverging_rgb, grey_rgb
from gui.attack.repair.panel import BROKEN, REPAIRED, RepairPanel
from gui.attack.repair.words import comparison, medians
from gui.shared.words import sure_words
from gui.theme import DARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from core.exact.repair import Changed
    from gui.attack.repair.job import RepairState
    from gui.attack.repair.side import RepairSide
    from gui.session.session import Session
    from gui.widgets.images.image_view import ImageView
    from gui.window.main_window import MainWindow


def panel_of(window: MainWindow) -> RepairPanel:
    panel = window.attack.tabs.panel("Repair")
    assert isinstance(panel, RepairPanel)
    return panel


def is_known(session: Session) -> bool:
    """Whether the whole part has been measured for the model shown, as wanted."""
    repair, shown, dataset = session.repair, session.view.shown, session.view.dataset
    state = repair.state
    if state is None or shown is None or dataset is None or repair.is_computing:
        return False
    request = state.request
    return (
        state.sizes.complete
        and request.weights is shown.weights
        and request.split is dataset.split(repair.part)
        and (request.norm, request.boxed) == (repair.norm, repair.boxed)
        and request.is_as(repair._asked)
    )


def state_of(session: Session) -> RepairState:
    state = session.repair.state
    assert state is not None
    return state


def mistakes_of(session: Session, part: str = "test") -> NDArray[np.int64]:
    """Return the images that the model itself reads wrongly."""
    shown, split = session.view.shown, data_of(session).split(part)
    assert shown is not None
    predicted = SoftmaxPerceptron(shown.weights).predict(split.images)
    return np.flatnonzero(predicted != split.true_labels)


def one_of(session: Session, index: int, *, part: str = "test") -> Changed:
    """Return what core finds for an image."""
    shown, repair = session.view.shown, session.repair
    assert shown is not None
    split = data_of(session).split(part)
    return changed(shown.weights, split, index, repair.norm, boxed=repair.boxed)


def painted(view: ImageView) -> NDArray[np.uint8]:
    """Return the colours in the middles of the 8 x 8 pixels of a view."""
    box = view.image_rect()
    seen = pixels(view, box)
    rows = (np.arange(8) * 2 + 1) * box.height() // 16
    columns = (np.arange(8) * 2 + 1) * box.width() // 16
    return seen[rows][:, columns]


@pytest.fixture
def panel(window: MainWindow, qtbot: QtBot) -> RepairPanel:
    """Return the panel, opened by its tab, with the test part measured."""
    press(qtbot, window, "Ctrl+2")
    click(qtbot, window.attack.tab("Repair"))
    panel = panel_of(window)
    assert panel.isVisible()
    wait_until(qtbot, lambda: is_known(window.session))
    return panel


def check_side(side: RepairSide, one: Changed, limit: float, session: Session) -> None:
    """Check that a side shows an image, its change and its result, in words and in pixels."""
    names, smallest = data_of(session).class_names, one.crossing.smallest
    assert side.image.title == f"test #{one.index}"
    assert side.image.caption == f"truly {names[one.label]}"
    assert side.change.title == f"change × {1 / limit:.3g}"
    assert side.change.caption == f"size {smallest.size:.3g}"
    assert side.result.caption == f"read as {names[int(one.after.argmax())]}"
    for k in (smallest.predicted, smallest.target):
        words = f"{names[k]}: {sure_words(one.before[k])} → {sure_words(one.after[k])}"
        assert words in side.words.text()
    np.testing.assert_array_equal(painted(side.image), grey_rgb(one.image.reshape(8, 8)))
    np.testing.assert_array_equal(painted(side.result), grey_rgb(one.result.reshape(8, 8)))
    change = diverging_rgb(one.crossing.beyond.reshape(8, 8), limit)
    np.testing.assert_array_equal(painted(side.change), change)


@pytest.mark.parametrize("is_dark", [False, True])
def test_a_mistake_made_right_stands_beside_a_right_one_made_wrong(
    panel: RepairPanel, window: MainWindow, is_dark: bool
) -> None:
    if is_dark:
        window.use_theme(DARK)
    session = window.session
    mistakes = mistakes_of(session)
    rights = np.setdiff1d(np.arange(200), mistakes)
    mistake, right = one_of(session, int(mistakes[0])), one_of(session, int(rights[0]))
    assert mistake.after.argmax() == mistake.label
    assert right.after.argmax() != right.label
    limit = max(float(np.abs(one.crossing.beyond).max()) for one in (mistake, right))
    check_side(panel.mistake, mistake, limit, session)
    check_side(panel.right, right, limit, session)
    repair, breaking = mistake.crossing.smallest.size, right.crossing.smallest.size
    assert f"A change of {repair:.3g} repairs this mistake" in panel.sentence.text()
    assert f"one of {breaking:.3g} breaks the right one" in panel.sentence.text()
    assert f"{len(mistakes)} of 200 test images are read wrongly" in panel.words.text()


def test_medians_are_those_of_measuring_image_by_image(
    panel: RepairPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    assert session.view.shown is not None
    for norm, boxed in (("linf", False), ("linf", True), ("l2", True)):
        if panel.norm.currentData() != norm:
            choose(qtbot, panel.norm, panel.norm.findData(norm))
        if panel.boxed.isChecked() != boxed:
            click(qtbot, panel.boxed)
        wait_until(qtbot, lambda: is_known(session))
        split, mistakes = data_of(session).test, mistakes_of(session)
        sizes = np.array(
            [
                smallest_change(
                    weights=session.view.shown.weights,
                    image=split.images[i],
                    norm=norm,  # type: ignore[arg-type]
                    target=int(split.labels[i]) if i in mistakes else None,
                    boxed=boxed,
                ).size
                for i in range(200)
            ]
        )
        rights = np.setdiff1d(np.arange(200), mistakes)
        words = panel.medians.text()
        assert f"{np.median(sizes[mistakes]):.3g} to repair a mistake ({len(mistakes)})" in words
        assert f"{np.median(sizes[rights]):.3g} to break a right one ({len(rights)})" in words
        for name, kind in ((REPAIRED, mistakes), (BROKEN, rights)):
            x, y = panel.plot.data(name)
            np.testing.assert_allclose(x[1:], np.sort(sizes[kind]), rtol=1e-6)
            np.testing.assert_allclose(y, np.arange(len(kind) + 1) / len(kind))


def test_every_button_goes_where_it_says(
    panel: RepairPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, mistakes = window.session, mistakes_of(window.session)
    rights = np.setdiff1d(np.arange(200), mistakes)
    sizes = state_of(session).sizes.sizes
    easiest, hardest = (int(mistakes[f(sizes[mistakes])]) for f in (np.argmin, np.argmax))
    fragile = int(rights[np.argmin(sizes[rights])])
    after_hardest = int(mistakes[(np.flatnonzero(mistakes == hardest)[0] + 1) % len(mistakes)])
    after_fragile = int(rights[(np.flatnonzero(rights == fragile)[0] + 1) % len(rights)])
    assert len(mistakes) > 3
    for button, expected in (
        (panel.next_mistake, int(mistakes[1])),
        (panel.next_mistake, int(mistakes[2])),
        (panel.previous_mistake, int(mistakes[1])),
        (panel.easiest, easiest),
        (panel.hardest, hardest),
        (panel.next_mistake, after_hardest),
    ):
        click(qtbot, button)
        wait_until(qtbot, lambda: is_known(session))
        assert panel.mistake.image.title == f"test #{expected}"
        assert panel.right.image.title == f"test #{rights[0]}"
    for button, expected in (
        (panel.next_right, int(rights[1])),
        (panel.fragile, fragile),
        (panel.next_right, after_fragile),
    ):
        click(qtbot, button)
        wait_until(qtbot, lambda: is_known(session))
        assert panel.right.image.title == f"test #{expected}"
        assert panel.mistake.image.title == f"test #{after_hardest}"


def test_either_image_can_be_opened_and_attacked_from_there(
    panel: RepairPanel, window: MainWindow, qtbot: QtBot
) -> None:
    state, card = state_of(window.session), window.attack.images.card
    for side, one in ((panel.mistake, state.mistake), (panel.right, state.right)):
        assert one is not None
        click(qtbot, side.image, side.image.image_rect().center())
        assert card.isVisible()
        assert card.content.index == one.index
        assert card.content.part == "test"
        card.close()
    click(qtbot, panel.mistake.image, panel.mistake.image.image_rect().center())
    card.attack_requested.emit("test", state.mistake.index)  # type: ignore[union-attr]
    assert not card.isVisible()
    assert window.session.attack.index == state.mistake.index  # type: ignore[union-attr]
    assert window.attack.tab("Film").isChecked()


def test_either_image_can_be_sent_to_the_film(
    panel: RepairPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, attack = window.session, window.session.attack
    state = state_of(session)
    assert state.mistake is not None
    assert state.right is not None
    for side, one, target in (
        (panel.mistake, state.mistake, state.mistake.label),
        (panel.right, state.right, state.right.crossing.smallest.target),
    ):
        click(qtbot, side.film)
        assert window.attack.tab("Film").isChecked()
        assert (attack.config.part, attack.index, attack.target) == ("test", one.index, target)
        wait_until(qtbot, lambda: attack.playing or len(attack.steps) > 1)
        click(qtbot, window.attack.tab("Repair"))
        wait_until(qtbot, lambda: is_known(session))


def test_another_part_is_measured_and_validation_images_are_not_attacked(
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    qtbot: QtBot,
) -> None:
    config = replace(SMALL, validation_size=80)
    session = open_and_finish(qtbot, new_session(data=config))
    window = new_window(session)
    press(qtbot, window, "Ctrl+2")
    click(qtbot, window.attack.tab("Repair"))
    panel = panel_of(window)
    for part, n in (("train", 220), ("validation", 80)):
        choose(qtbot, panel.part, panel.part.findData(part))
        wait_until(qtbot, lambda: is_known(session))
        assert state_of(session).request.split is data_of(session).split(part)
        assert f"of {n}" in panel.words.text()
        assert panel.mistake.film.isEnabled() == (part == "train")
    assert "not attacked" in panel.right.film.toolTip()
    session.wanted.set_setting("validation_size", 0)
    session.training.rewind(play=True)
    wait_until(qtbot, lambda: data_of(session).validation is None and is_known(session))
    assert session.repair.part == "test"


def test_it_follows_the_epoch_and_says_where_nothing_is_right_or_wrong(
    panel: RepairPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.view.show_epoch(
        0
    )  # all weights are zero: everything is read as class 0, whatever is done
    wait_until(qtbot, lambda: is_known(session))
    assert panel.mistake.change.caption == "none is enough"
    assert "whatever is changed" in panel.mistake.words.text()
    assert "No change is enough to repair this mistake" in panel.sentence.text()
    assert "no change is enough to repair a mistake" in panel.medians.text()
    assert "epoch 0" in panel.words.text()
    session.view.show_epoch(2)
    wait_until(qtbot, lambda: is_known(session))
    assert f"{len(mistakes_of(session))} of 200" in panel.words.text()


def test_without_a_mistake_it_says_so(
    new_session: Callable[..., Session], new_window: Callable[[Session], MainWindow], qtbot: QtBot
) -> None:
    config = replace(SMALL, train_size=12, test_size=60)
    training = TrainingConfig(epochs=100, learning_rate=1.0)
    session = open_and_finish(qtbot, new_session(data=config, training=training))
    window = new_window(session)
    press(qtbot, window, "Ctrl+2")
    click(qtbot, window.attack.tab("Repair"))
    panel = panel_of(window)
    choose(qtbot, panel.part, panel.part.findData("train"))
    wait_until(qtbot, lambda: is_known(session))
    assert len(mistakes_of(session, "train")) == 0  # a dozen images are soon learnt
    assert panel.mistake.nothing.isVisible()
    assert "No mistake: all 12 training images are read rightly" in panel.mistake.nothing.text()
    assert panel.sentence.text() == ""
    for button in (panel.next_mistake, panel.hardest, panel.easiest, panel.mistake.film):
        assert not button.isEnabled()
    assert panel.right.image.isVisible()
    assert panel.fragile.isEnabled()
    panel.part.part_changed.emit("test")
    wait_until(qtbot, lambda: is_known(session))
    assert panel.mistake.image.isVisible()
    assert not panel.mistake.nothing.isVisible()


def test_without_a_model_it_says_so(new_session: Callable[..., Session], qtbot: QtBot) -> None:
    panel = RepairPanel(new_session())
    qtbot.addWidget(panel)
    panel.show()
    for side in (panel.mistake, panel.right):
        assert "no model yet" in side.nothing.text()
        assert side.nothing.isVisible()
        assert not side.film.isEnabled()
    panel.hide()


def test_weights_that_are_no_numbers_are_told(
    panel: RepairPanel, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.attack.repair.study.has_numbers", lambda weights: False)
    window.session.repair.go_on()
    assert "smaller learning rate" in panel.mistake.nothing.text()
    assert not panel.hardest.isEnabled()


def test_a_long_measurement_can_be_called_off_and_gone_on_with(
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Two images at a time: long enough on any machine to be stopped in its midst.
    monkeypatch.setattr("core.exact.repair._BOXED_PAIRS", 20)
    config = replace(SMALL, train_size=300, test_size=1400)
    session = open_and_finish(qtbot, new_session(data=config))
    window = new_window(session)
    press(qtbot, window, "Ctrl+2")
    click(qtbot, window.attack.tab("Repair"))
    panel = panel_of(window)
    click(qtbot, panel.boxed)
    wait_until(qtbot, panel.progress.isVisible)
    click(qtbot, panel.progress.button)
    wait_until(qtbot, lambda: not session.repair.is_computing)
    wait_until(qtbot, panel.go_on.isVisible)
    qtbot.wait(50)
    some = state_of(session).sizes
    n_known = some.n_known
    assert 0 < n_known < len(some.sizes)
    assert "so far" in panel.medians.text()
    # Mistakes are measured last; whether one has been is a matter of the machine.
    assert panel.hardest.isEnabled() == bool(len(some.known(some.mistakes)))
    before = panel.mistake.image.title
    click(qtbot, panel.next_mistake)  # the images can be gone through all the same
    wait_until(qtbot, lambda: panel.mistake.image.title != before)
    assert state_of(session).sizes.n_known == n_known
    click(qtbot, panel.go_on)
    wait_until(qtbot, lambda: is_known(session))
    whole = state_of(session).sizes
    known = ~np.isnan(some.sizes)
    np.testing.assert_array_equal(whole.sizes[known], some.sizes[known])
    assert "so far" not in panel.medians.text()
    assert not panel.progress.isVisible()
    assert not panel.go_on.isVisible()
    assert session.view.shown is not None
    search = RepairSearch(session.view.shown.weights, data_of(session).test, "l2", boxed=True)
    list(search.run())
    np.testing.assert_array_equal(whole.sizes, search.found().sizes)  # type: ignore[union-attr]


def test_nothing_is_computed_where_nobody_looks(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    press(qtbot, window, "Ctrl+2")
    window.attack.tabs.panel("Repair")
    qtbot.wait(200)
    assert session.repair._job.idle
    assert session.repair.state is None
    click(qtbot, window.attack.tab("Repair"))
    wait_until(qtbot, lambda: is_known(session))
    known = session.repair._state
    click(qtbot, window.attack.tab("Film"))
    session.view.show_epoch(1)
    qtbot.wait(200)
    assert session.repair._job.idle
    assert session.repair._state is known


def test_the_plot_is_there_where_there_is_room_and_gives_way(
    panel: RepairPanel, window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1920, 1080)
    wait_until(qtbot, panel.plot.isVisible)
    for colour in (window.theme.good, window.theme.bad):
        assert has_colour(pixels(panel.plot.view), colour).sum() > 30
    window.resize(1280, 720)
    wait_until(qtbot, lambda: not panel.plot.isVisible())
    wait_until(qtbot, lambda: window.height() == 720)  # nothing keeps the window from it
    bounds = panel.rect()
    for widget in (panel.mistake.film, panel.right.film, panel.medians, panel.sentence):
        corner = widget.mapTo(panel, widget.rect().bottomRight())
        assert bounds.contains(corner)


def test_the_pointer_reads_pixels(panel: RepairPanel, window: MainWindow) -> None:
    view = panel.mistake.change
    box = view.image_rect()
    hover(view, box.topLeft() + QPoint(box.width() * 5 // 16, box.height() * 11 // 16))
    mistake = state_of(window.session).mistake
    assert mistake is not None
    value = mistake.crossing.beyond.reshape(8, 8)[5, 2]
    assert window.hover_words.text().startswith("change ×")
    assert window.hover_words.text().endswith(f"pixel (5, 2) = {value:.4g}")


def test_sizes_are_compared_in_words() -> None:
    def words(repair: float, breaking: float) -> str:
        class One:
            def __init__(self, size: float) -> None:
                self.crossing = self
                self.smallest = self
                self.size = size

        class State:
            mistake, right = One(repair), One(breaking)

        return comparison(State())  # type: ignore[arg-type]

    assert words(0.5, 1.5).endswith("breaks the right one: 3 times as much.")
    assert words(1.0, 0.4).endswith("breaks the right one: 40% of it.")
    assert words(1.0, 1.01).endswith("about as much.")
    assert words(0.0, 1.0).endswith("breaks the right one.")
    assert words(np.inf, 1.0) == "No change repairs this mistake; one of 1 breaks the right one."
    assert words(1.0, np.inf).endswith("none breaks the right one.")
    unknown = RepairSizes(np.zeros(2, int), np.ones(2, int), np.full(2, np.nan))
    assert medians(unknown, "test") == "The test images have not been measured yet."


def test_nothing_of_the_data_before_is_shown_of_other_data(
    panel: RepairPanel, window: MainWindow, qtbot: QtBot
) -> None:
    """The attack tells of the new images before anything has been asked about them."""
    session = window.session
    known = []

    def other_data_are_there() -> None:
        known.append((session.repair.state, session.targets.found))

    session.attack.config_changed.connect(other_data_are_there)
    before = data_of(session)
    session.open("strokes")
    wait_until(qtbot, lambda: data_of(session) is not before)
    session.attack.config_changed.disconnect(other_data_are_there)
    assert known[-1] == (None, None)
    wait_until(qtbot, lambda: is_known(session))
    assert state_of(session).request.split is data_of(session).test

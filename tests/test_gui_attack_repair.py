"""Repair: both images, the sizes and the medians are core's, and every button does what it says."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    SMALL,
    click,
    data_of,
    has_colour,
    hover,
    open_and_finish,
    open_view,
    pixels,
    press,
    put_on,
    wait_until,
)
from PySide6.QtCore import QPoint

from core.exact.repair import RepairSearch, RepairSizes, changed
from core.exact.smallest import smallest_change
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import diverging_rgb, grey_rgb
from core.progress import finish
from core.words import at_most
from gui.attack.repair.panel import BROKEN, REPAIRED, RepairPanel
from gui.attack.repair.words import comparison, medians
from gui.session.own_image import OwnImage
from gui.shared.panel import NO_MODEL
from gui.shared.words import PARTS, sure_words
from gui.theme import DARK, LIGHT
from gui.widgets.basics.short_number import exact_number

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from core.data.dataset import Split
    from core.exact.repair import Changed, RepairPair
    from core.progress import Progress
    from gui.attack.repair.side import RepairSide
    from gui.session.session import Session
    from gui.widgets.images.image_view import ImageView
    from gui.window.main_window import MainWindow


def is_known(panel: RepairPanel) -> bool:
    """Whether the whole part has been measured for the model shown, as wanted."""
    repair = panel.repair
    return repair.pair.is_settled and repair.sizes.is_settled and repair.sizes.found is not None


def pair_of(panel: RepairPanel) -> RepairPair:
    assert panel.repair.pair.found is not None
    return panel.repair.pair.found


def sizes_of(panel: RepairPanel) -> RepairSizes:
    assert panel.repair.sizes.found is not None
    return panel.repair.sizes.found


def split_of(panel: RepairPanel) -> Split:
    """Return the images that both answers are of."""
    pair, sizes = panel.repair.pair.answer, panel.repair.sizes.answer
    assert pair is not None
    assert sizes is not None
    assert pair.question.split is sizes.question.split
    return sizes.question.split


def mistakes_of(session: Session, part: str = "test") -> NDArray[np.int64]:
    """Return the images that the model itself reads wrongly."""
    shown, split = session.view.shown, data_of(session).split(part)
    assert shown is not None
    predicted = SoftmaxPerceptron(shown.weights).predict(split.images)
    return np.flatnonzero(predicted != split.true_labels)


def one_of(session: Session, index: int) -> Changed:
    """Return what core finds for a test image, measured as the attack measures at first."""
    shown, attack = session.view.shown, session.attack
    assert shown is not None
    assert attack.chosen.norm == "l2"
    return changed(shown.weights, data_of(session).test, index, "l2", boxed=attack.chosen.boxed)


def painted(view: ImageView) -> NDArray[np.uint8]:
    """Return the colours in the middles of the 8 x 8 pixels of a view."""
    box = view.image_rect()
    seen = pixels(view, box)
    rows = (np.arange(8) * 2 + 1) * box.height() // 16
    columns = (np.arange(8) * 2 + 1) * box.width() // 16
    return seen[rows][:, columns]


@pytest.fixture
def new_repair(new_panel: Callable[..., RepairPanel], qtbot: QtBot) -> Callable[..., RepairPanel]:
    """Return a maker of panels with the test part measured."""

    def make(session: Session, **options: Any) -> RepairPanel:
        session.attack.choose("test", 0)
        panel = new_panel(RepairPanel, session, **options)
        wait_until(qtbot, lambda: is_known(panel))
        return panel

    return make


@pytest.fixture
def panel(new_repair: Callable[..., RepairPanel], session: Session) -> RepairPanel:
    return new_repair(session)


def check_side(side: RepairSide, one: Changed, limit: float, session: Session) -> None:
    """Check that a side shows an image, its change and its result, in words and in pixels."""
    names, smallest = data_of(session).class_names, one.crossing.smallest
    assert side.image.title == f"test {one.index}"
    assert side.image.caption == f"truly {names[one.label]}"
    assert side.change.title == f"change × {1 / limit:.3g}"
    assert side.change.caption == f"size {at_most(smallest.size)}"
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
    panel: RepairPanel, session: Session, app: QApplication, is_dark: bool
) -> None:
    if is_dark:
        put_on(app, panel, DARK)
    mistakes = mistakes_of(session)
    rights = np.setdiff1d(np.arange(200), mistakes)
    mistake, right = one_of(session, int(mistakes[0])), one_of(session, int(rights[0]))
    assert mistake.after.argmax() == mistake.label
    assert right.after.argmax() != right.label
    limit = max(float(np.abs(one.crossing.beyond).max()) for one in (mistake, right))
    check_side(panel.mistake, mistake, limit, session)
    check_side(panel.right, right, limit, session)
    repair, breaking = mistake.crossing.smallest.size, right.crossing.smallest.size
    assert f"A change of {at_most(repair)} mends this mistake" in panel.sentence.text()
    assert f"one of {at_most(breaking)} breaks the right one" in panel.sentence.text()
    assert f"{len(mistakes)} of 200 test images are read wrongly" in panel.words.text()


def test_medians_are_those_of_measuring_image_by_image(
    panel: RepairPanel, session: Session, qtbot: QtBot
) -> None:
    assert session.view.shown is not None
    for norm, boxed in (("linf", False), ("linf", True), ("l2", True)):
        session.attack.measure.measure(norm=norm, boxed=boxed)  # type: ignore[arg-type]
        wait_until(qtbot, lambda: is_known(panel))
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
        assert f"{np.median(sizes[mistakes]):.3g} to mend a mistake ({len(mistakes)})" in words
        assert f"{np.median(sizes[rights]):.3g} to break a right one ({len(rights)})" in words
        for name, kind in ((REPAIRED, mistakes), (BROKEN, rights)):
            x, y = panel.plot.main.data(name)
            np.testing.assert_allclose(x[1:], np.sort(sizes[kind]), rtol=1e-6)
            np.testing.assert_allclose(y, np.arange(len(kind) + 1) / len(kind))


def test_every_button_goes_where_it_says(
    panel: RepairPanel, session: Session, qtbot: QtBot
) -> None:
    mistakes = mistakes_of(session)
    rights = np.setdiff1d(np.arange(200), mistakes)
    sizes = sizes_of(panel).sizes
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
        assert panel.mistake.image.isVisible()  # those before stay until the next are known
        wait_until(qtbot, lambda: is_known(panel))
        assert panel.mistake.image.title == f"test {expected}"
        assert panel.right.image.title == f"test {rights[0]}"
        assert session.attack.index == expected, "the sentence names the image that was gone to"
    for button, expected in (
        (panel.next_right, int(rights[1])),
        (panel.fragile, fragile),
        (panel.next_right, after_fragile),
    ):
        click(qtbot, button)
        assert panel.mistake.image.isVisible()  # those before stay until the next are known
        wait_until(qtbot, lambda: is_known(panel))
        assert panel.right.image.title == f"test {expected}"
        assert panel.mistake.image.title == f"test {after_hardest}"


def test_either_image_can_be_opened_and_sent_to_the_film(window: MainWindow, qtbot: QtBot) -> None:
    attack, card = window.session.attack, window.page("attack").images.card
    press(qtbot, window, "Ctrl+2")
    attack.choose("test", 0)
    open_view(qtbot, window.page("attack"), "mend")
    panel = window.page("attack").tabs.panel("mend")
    assert isinstance(panel, RepairPanel)
    assert panel.isVisible()
    wait_until(qtbot, lambda: is_known(panel))
    pair = pair_of(panel)
    assert pair.mistake is not None
    assert pair.right is not None
    for side, one in ((panel.mistake, pair.mistake), (panel.right, pair.right)):
        click(qtbot, side.image, side.image.image_rect().center())
        assert card.isVisible()
        assert card.content.index == one.index
        assert card.content.part == "test"
        card.close()
    click(qtbot, panel.mistake.image, panel.mistake.image.image_rect().center())
    card.attack_requested.emit("test", pair.mistake.index)
    assert not card.isVisible()
    assert attack.index == pair.mistake.index
    assert window.page("attack").shown == "the film"
    open_view(qtbot, window.page("attack"), "mend")
    wait_until(qtbot, lambda: is_known(panel))
    for side, one, target in (
        (panel.mistake, pair.mistake, pair.mistake.label),
        (panel.right, pair.right, pair.right.crossing.smallest.target),
    ):
        click(qtbot, side.film)
        assert window.page("attack").shown == "the film"
        assert (attack.config.part, attack.index, attack.target) == ("test", one.index, target)
        wait_until(qtbot, lambda: attack.film.playing or len(attack.film.steps) > 1)
        open_view(qtbot, window.page("attack"), "mend")
        wait_until(qtbot, lambda: is_known(panel))
    view = panel.mistake.change
    box = view.image_rect()
    hover(view, box.topLeft() + QPoint(box.width() * 5 // 16, box.height() * 11 // 16))
    assert view.title.startswith("change ×")
    value = pair_of(panel).mistake.crossing.beyond.reshape(8, 8)[5, 2]  # type: ignore[union-attr]
    assert window.foot.hovered.text().startswith("change ×")
    assert window.foot.hovered.text().endswith(f"pixel (5, 2) = {exact_number(value)}")


def test_the_part_and_the_image_are_those_of_the_sentence(
    panel: RepairPanel, session: Session, qtbot: QtBot
) -> None:
    mistakes = mistakes_of(session, "train")
    index = int(mistakes[1])
    session.attack.choose("train", index)
    wait_until(qtbot, lambda: is_known(panel) and split_of(panel) is data_of(session).train)
    assert "of 300" in panel.words.text()
    assert panel.mistake.image.title == f"training {index}"
    right = next(i for i in range(index, 300) if i not in mistakes)
    assert panel.right.image.title == f"training {right}", "the next one that is right"
    session.attack.choose("train", right)
    wait_until(qtbot, lambda: is_known(panel))
    assert panel.right.image.title == f"training {right}"


def test_a_drawing_is_said_to_be_in_no_part(
    panel: RepairPanel, session: Session, qtbot: QtBot
) -> None:
    dataset, said = data_of(session), "Your drawing is in no part of the data"
    wait_until(qtbot, lambda: is_known(panel))
    assert said not in panel.medians.text()
    own = OwnImage(dataset.test.images[3], dataset.image_shape, 1, dataset.class_names)
    session.attack.choose_own(own)
    wait_until(qtbot, lambda: said in panel.medians.text())
    assert panel.medians.text().startswith(f"{said}; these are {PARTS[panel.repair.part]} images.")


def test_it_follows_the_epoch_and_says_where_nothing_is_right_or_wrong(
    panel: RepairPanel, session: Session, qtbot: QtBot
) -> None:
    session.view.show_epoch(
        0
    )  # all weights are zero: everything is read as class 0, whatever is done
    wait_until(qtbot, lambda: is_known(panel))
    assert panel.mistake.change.caption == "none is enough"
    assert "whatever is changed" in panel.mistake.words.text()
    assert "No change is enough to mend this mistake" in panel.sentence.text()
    assert "no change is enough to mend a mistake" in panel.medians.text()
    assert "epoch 0" in panel.words.text()
    session.view.show_epoch(2)
    wait_until(qtbot, lambda: is_known(panel))
    assert f"{len(mistakes_of(session))} of 200" in panel.words.text()


def test_without_a_mistake_it_says_so(
    new_session: Callable[..., Session], new_repair: Callable[..., RepairPanel], qtbot: QtBot
) -> None:
    config = replace(SMALL, train_size=12, test_size=60)
    training = TrainingConfig(epochs=100, learning_rate=1.0)
    session = open_and_finish(qtbot, new_session(data=config, training=training))
    panel = new_repair(session)
    session.attack.choose("train", 0)
    wait_until(qtbot, lambda: is_known(panel) and split_of(panel) is data_of(session).train)
    assert len(mistakes_of(session, "train")) == 0  # a dozen images are soon learnt
    assert not panel.mistake.isVisible(), "the right one has the room of both"
    assert panel.right.width() > 0.9 * panel.width()
    assert "No mistake: all 12 training images are read rightly" in panel.sentence.text()
    wait_until(qtbot, lambda: panel.repair.sizes.is_settled)
    assert "mended" not in " ".join(panel.plot.legend.words), "there is nothing of which a share"
    for button in (panel.next_mistake, panel.hardest, panel.easiest, panel.mistake.film):
        assert not button.isEnabled()
    assert panel.right.image.isVisible()
    assert panel.fragile.isEnabled()
    session.attack.choose("test", 0)
    wait_until(qtbot, panel.mistake.image.isVisible)
    assert not panel.mistake.nothing.isVisible()


def test_without_a_model_no_image_can_be_sent_to_the_film(
    new_session: Callable[..., Session], new_panel: Callable[..., RepairPanel]
) -> None:
    panel = new_panel(RepairPanel, new_session())
    for side in (panel.mistake, panel.right):
        assert side.nothing.text() == NO_MODEL
        assert side.nothing.isVisible()
        assert not side.film.isEnabled()


def test_weights_that_are_no_numbers_are_told(
    session: Session, new_panel: Callable[..., RepairPanel], qtbot: QtBot
) -> None:
    assert session.view.shown is not None
    session.view.shown.weights.setflags(write=True)
    session.view.shown.weights[:] = np.nan
    panel = new_panel(RepairPanel, session)
    wait_until(qtbot, lambda: panel.repair.pair.problem and panel.repair.sizes.problem)
    assert "smaller learning rate" in panel.mistake.nothing.text()
    assert panel.mistake.nothing.isVisible()
    assert not panel.hardest.isEnabled()


def test_a_long_measurement_can_be_called_off_and_gone_on_with(
    new_session: Callable[..., Session],
    new_repair: Callable[..., RepairPanel],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slowly(steps: Generator[Progress, None, Any]) -> Any:
        time.sleep(0.005)
        return finish(steps)

    # Two images at a time, and after a rest: to be stopped in its midst on any machine.
    monkeypatch.setattr("core.exact.repair._BOXED_PAIRS", 20)
    monkeypatch.setattr("core.exact.repair.finish", slowly)
    monkeypatch.setattr("gui.widgets.basics.job_progress.SLOW_MILLISECONDS", 20)
    config = replace(SMALL, train_size=300, test_size=1400)
    session = open_and_finish(qtbot, new_session(data=config))
    session.attack.measure.measure(boxed=False)
    panel = new_repair(session)
    sizes, progress = panel.repair.sizes, panel.progress
    session.attack.measure.measure(boxed=True)
    wait_until(qtbot, progress.cancel.isVisible)
    wait_until(qtbot, lambda: sizes.progress is not None and sizes.progress.done > 0)
    click(qtbot, progress.cancel)
    wait_until(qtbot, lambda: not sizes.is_computing)
    wait_until(qtbot, progress.go_on.isVisible)
    wait_until(qtbot, lambda: sizes.found is not None)
    session.pool.read_letters()
    some = sizes_of(panel)
    n_known = np.count_nonzero(~np.isnan(some.sizes))
    assert 0 < n_known < len(some.sizes)
    wait_until(qtbot, lambda: "so far" in panel.medians.text())  # the pair may come after them
    # Mistakes are measured last; whether one has been is a matter of the machine.
    assert panel.hardest.isEnabled() == bool(len(some.known(some.mistakes)))
    before = panel.mistake.image.title
    click(qtbot, panel.next_mistake)  # the images can be gone through all the same
    wait_until(qtbot, lambda: panel.mistake.image.title != before)
    assert np.count_nonzero(~np.isnan(sizes_of(panel).sizes)) == n_known
    click(qtbot, progress.go_on)
    wait_until(qtbot, lambda: is_known(panel))
    whole = sizes_of(panel)
    known = ~np.isnan(some.sizes)
    np.testing.assert_array_equal(whole.sizes[known], some.sizes[known])
    assert "so far" not in panel.medians.text()
    assert not progress.cancel.isVisible()
    assert not progress.go_on.isVisible()
    assert session.view.shown is not None
    search = RepairSearch(session.view.shown.weights, data_of(session).test, "l2", boxed=True)
    list(search.run())
    np.testing.assert_array_equal(whole.sizes, search.found().sizes)  # type: ignore[union-attr]


def test_all_is_seen_in_every_window(panel: RepairPanel, qtbot: QtBot) -> None:
    for size, side in (((1264, 502), 136), ((1008, 422), 104), ((1904, 862), 248)):
        panel.resize(*size)
        qtbot.wait(50)  # it is laid out when there is nothing else to do
        assert (panel.width(), panel.height()) == size
        assert panel.mistake.image.image_rect().height() >= side
        for colour in (LIGHT.good, LIGHT.bad):
            assert has_colour(pixels(panel.plot.view), colour).sum() > 30
        bounds = panel.rect()
        for widget in (panel.mistake.film, panel.right.film, panel.medians, panel.sentence):
            corner = widget.mapTo(panel, widget.rect().bottomRight())
            assert bounds.contains(corner)


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
    assert words(1.0, 0.4).endswith("breaks the right one: 40 % of it.")
    assert words(1.0, 1.01).endswith("about as much.")
    assert words(0.0, 1.0).endswith("breaks the right one.")
    assert words(np.inf, 1.0) == "No change mends this mistake; one of 1 breaks the right one."
    assert words(1.0, np.inf).endswith("none breaks the right one.")
    unknown = RepairSizes(np.zeros(2, int), np.ones(2, int), np.full(2, np.nan))
    assert medians(unknown, "test") == "The test images have not been measured yet."


def test_nothing_of_the_data_before_is_shown_of_other_data(
    panel: RepairPanel, session: Session, qtbot: QtBot
) -> None:
    """The attack tells of the new images before anything has been asked about them."""
    known = []

    def other_data_are_there() -> None:
        known.append((panel.repair.pair.found, panel.repair.sizes.found))

    session.attack.config_changed.connect(other_data_are_there)
    before = data_of(session)
    session.open("strokes")
    wait_until(qtbot, lambda: data_of(session) is not before)
    session.attack.config_changed.disconnect(other_data_are_there)
    assert known[-1] == (None, None)
    wait_until(qtbot, lambda: is_known(panel))
    assert split_of(panel) is data_of(session).test

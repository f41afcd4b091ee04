"""All targets: every number and picture of the strip is core's, and it moves as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    Slowly,
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_and_finish,
    open_view,
    pixels,
    press,
    put_on,
    slow_down,
    wait_until,
    write_data,
)

from core.data.config import DataConfig
from core.exact.all_targets import TargetSearch
from core.exact.crossing import FARTHEST, crossing
from core.exact.smallest import smallest_change
from core.learning.config import TrainingConfig
from core.pictures import diverging_rgb, grey_rgb
from core.progress import finish
from gui.attack.targets.panel import TargetsPanel
from gui.shared.panel import NO_MODEL
from gui.shared.words import sure_words
from gui.theme import DARK, LIGHT
from gui.widgets.basics.short_number import exact_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from core.exact.all_targets import AllTargets
    from core.exact.crossing import Crossing
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def chosen(panel: TargetsPanel) -> tuple[str, bool]:
    """Return norm and box as they are chosen."""
    return panel.measure.norm, panel.measure.boxed


def is_known(panel: TargetsPanel) -> bool:
    """Whether the strip is that of the chosen image and the model shown."""
    return panel.study.is_settled and panel.study.found is not None


def found_of(panel: TargetsPanel) -> AllTargets:
    assert panel.study.found is not None
    return panel.study.found


def expected_crossings(panel: TargetsPanel, session: Session) -> list[Crossing]:
    """Return what core finds toward each class, one by one."""
    shown, image = session.view.shown, session.attack.chosen_image
    assert shown is not None
    assert image is not None
    norm, boxed = panel.measure.norm, panel.measure.boxed
    return [
        finish(crossing(shown.weights, image, norm, target=k, boxed=boxed))
        for k in range(data_of(session).n_classes)
    ]


def probabilities_at(session: Session, change: NDArray[Any]) -> NDArray[np.float64]:
    shown, image = session.view.shown, session.attack.chosen_image
    assert shown is not None
    assert image is not None
    w = shown.weights.astype(np.float64)
    logits = w[:, 1:] @ (image + change) + w[:, 0]
    grown = np.exp(logits - logits.max())
    return grown / grown.sum()


@pytest.fixture
def new_targets(
    new_panel: Callable[..., TargetsPanel], qtbot: QtBot
) -> Callable[[Session], TargetsPanel]:
    """Return a maker of panels with the strip of the chosen image."""

    def make(session: Session) -> TargetsPanel:
        session.attack.set_active(True)  # as the page does when it is shown
        wait_until(qtbot, lambda: session.attack.film.weights is not None)
        panel = new_panel(TargetsPanel, session)
        wait_until(qtbot, lambda: is_known(panel))
        panel.strip.grab()  # lays out
        return panel

    return make


@pytest.fixture
def panel(new_targets: Callable[[Session], TargetsPanel], session: Session) -> TargetsPanel:
    return new_targets(session)


def test_every_class_has_its_smallest_change_and_its_image_just_beyond(
    panel: TargetsPanel, session: Session
) -> None:
    dataset = data_of(session)
    expected = expected_crossings(panel, session)
    image_row, change_row = panel.strip.rows[0], panel.strip.rows[1]
    chosen = session.attack.chosen_image
    largest = max(np.abs(one.beyond).max() for one in expected)
    predicted = expected[0].smallest.predicted
    nearest = min((k for k in range(10) if k != predicted), key=lambda k: expected[k].smallest.size)
    for k, one in enumerate(expected):
        np.testing.assert_allclose(image_row.values[k].ravel(), chosen + one.beyond, atol=1e-12)
        p = probabilities_at(session, one.beyond)
        assert p.argmax() == k
        assert image_row.captions[k] == f"✓ {sure_words(p[k])}"
        rgb = diverging_rgb(one.beyond.reshape(dataset.image_shape), float(largest))
        np.testing.assert_array_equal(change_row.rgb[k], rgb)  # one amplification for all
        if k == predicted:
            assert change_row.missing[k] == "read as this: no change"
            assert change_row.captions[k] == ""
        else:
            assert change_row.missing[k] == ""
            assert change_row.captions[k].split("  ")[0] == f"{one.smallest.size:.3g}"
            assert ("nearest" in change_row.captions[k]) == (k == nearest)
    words = panel.words.text()
    assert f"read as {dataset.class_names[predicted]}" in words
    assert f"nearest: {dataset.class_names[nearest]}" in words
    assert f"× {1 / largest:.3g}" in words


@pytest.mark.parametrize("is_dark", [False, True])
def test_what_is_painted_are_those_images_and_a_frame_around_the_nearest(
    panel: TargetsPanel, app: QApplication, is_dark: bool
) -> None:
    theme = DARK if is_dark else LIGHT
    put_on(app, panel, theme)
    strip, found = panel.strip, found_of(panel)
    for k in range(10):
        cell = strip.cell_rect(0, k)
        assert strip.rect().contains(cell)
        painted = pixels(strip, cell)
        rgb = grey_rgb(strip.rows[0].values[k])
        rows = (np.arange(8) * 2 + 1) * cell.height() // 16  # the middles of the pixels
        columns = (np.arange(8) * 2 + 1) * cell.width() // 16
        np.testing.assert_array_equal(painted[rows][:, columns], rgb)
        around = pixels(strip, cell.adjusted(-3, -3, 3, 3))
        framed = has_colour(around, theme.best).sum()
        assert (framed > cell.width()) == (k == found.nearest)


def test_scrubbing_moves_all_at_once_and_says_where_it_is(
    panel: TargetsPanel, session: Session, qtbot: QtBot
) -> None:
    expected = expected_crossings(panel, session)
    chosen, predicted = session.attack.chosen_image, expected[0].smallest.predicted
    transport = panel.transport
    assert "102 %" in transport.place_words[0]
    assert "just beyond" in transport.status
    for place, fraction, words in (
        (0, 0.0, "0 % of the change"),
        (10, 0.1, "10 % of the change"),
        (transport.length, FARTHEST, "just beyond"),
    ):
        transport.go_to(place)
        assert panel.fraction == pytest.approx(fraction)
        assert words in transport.status
        for k, one in enumerate(expected):
            change = one.change_at(panel.fraction)
            row = panel.strip.rows[0]
            np.testing.assert_allclose(row.values[k].ravel(), chosen + change, atol=1e-12)
            p = probabilities_at(session, change)
            assert row.captions[k].endswith(sure_words(p[k]))
            assert row.captions[k].startswith("✓") == (k == predicted or fraction > 1)
    (tie,) = transport.marks
    transport.go_to(tie.place)
    assert "100 % of the change: a tie" in transport.status
    ticks = [words.startswith("✓") for words in panel.strip.rows[0].captions]
    assert ticks == [k == predicted for k in range(10)]
    transport.move(-1)
    assert panel.fraction == pytest.approx(0.99)


def test_play_goes_from_the_original_to_just_beyond_and_stops(
    panel: TargetsPanel, qtbot: QtBot
) -> None:
    player, transport = panel.player, panel.transport
    player.set_speed(2500)  # as fast as a test can wait for
    seen: list[float] = []
    player.position_changed.connect(lambda: seen.append(panel.fraction))
    transport.toggle()
    assert transport.is_playing
    assert panel.fraction == 0
    wait_until(qtbot, lambda: not player.playing)
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert panel.fraction == FARTHEST
    transport.toggle()
    wait_until(qtbot, lambda: panel.fraction > 0)
    transport.toggle()
    assert not player.playing
    transport.toggle()
    transport.go_to(0)  # going somewhere holds
    assert not player.playing
    assert panel.fraction == 0
    transport.toggle()
    panel.hide()  # what nobody sees is held
    assert not player.playing


def test_bars_stand_below_their_columns_as_high_as_the_sizes(
    panel: TargetsPanel, session: Session, qtbot: QtBot
) -> None:
    panel.resize(1264, 502)
    qtbot.wait(50)  # it is laid out when there is nothing else to do
    expected = [one.smallest.size for one in expected_crossings(panel, session)]
    found, bars = found_of(panel), panel.sizes
    largest = max(expected)
    for k, size in enumerate(expected):
        if k == found.predicted:
            continue
        bar, cell = bars.bar_rect(k), panel.strip.cell_rect(1, k)
        assert bars.sizes[k] == size
        middle = bars.mapToGlobal(bar.center().toPoint()).x()
        assert abs(middle - panel.strip.mapToGlobal(cell.center()).x()) <= 1
        assert bar.height() == pytest.approx(bars.bar_rect(expected.index(largest)).height()
                                             * size / largest)  # fmt: skip
        colour = LIGHT.best if k == found.nearest else LIGHT.accent
        assert has_colour(pixels(bars, bar.toRect()), colour).mean() > 0.5


def test_norm_and_box_begin_with_those_of_the_attack_and_can_be_chosen(
    panel: TargetsPanel, session: Session, qtbot: QtBot
) -> None:
    attack = session.attack
    assert chosen(panel) == (
        attack.chosen.norm,
        attack.chosen.boxed,
    )
    attack.choose_attack("fgsm")
    attack.set_setting("norm", "linf")
    assert (attack.chosen.norm, attack.chosen.boxed) == (
        "linf",
        True,
    )  # else the test shows nothing
    wait_until(qtbot, lambda: is_known(panel))
    assert chosen(panel) == (
        "linf",
        True,
    )
    assert found_of(panel).norm == "linf"
    panel.measure.measure(boxed=False)
    panel.measure.measure(norm="l0")
    wait_until(qtbot, lambda: is_known(panel))
    attack.choose_attack("descent")  # nothing here follows it any more
    wait_until(qtbot, lambda: is_known(panel))
    assert chosen(panel) == (
        "l0",
        False,
    )


def test_where_the_fewest_pixels_are_not_proven_both_bounds_are_said(
    panel: TargetsPanel, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.exact.solver.fewest.MOST_NODES", 1)
    panel.measure.measure(norm="l0")
    panel.measure.measure(boxed=True)
    kinds = set()
    for index in range(8):
        session.attack.choose("test", index)
        wait_until(qtbot, lambda: is_known(panel))
        shown, image = session.view.shown, session.attack.chosen_image
        assert shown is not None
        assert image is not None
        for k, words in enumerate(panel.strip.rows[1].captions):
            one = smallest_change(shown.weights, image, "l0", target=k, boxed=True)
            if not words:
                assert one.size == 0 or np.isinf(one.size)
                continue
            kinds.add(one.at_least < one.size)
            both = f"{one.at_least:.0f} to " if one.at_least < one.size else ""
            assert words.split("  ")[0] == f"{both}{one.size:.0f} px"
    assert kinds == {True, False}


def test_by_size_the_nearest_come_first(
    panel: TargetsPanel, session: Session, qtbot: QtBot
) -> None:
    sizes = [one.smallest.size for one in expected_crossings(panel, session)]
    choose(qtbot, panel.order, panel.order.findData("size"))
    order = np.argsort(sizes, kind="stable")
    shown = [float(words.split("  ")[0]) for words in panel.strip.rows[1].captions if words]
    assert shown == sorted(shown)
    names = data_of(session).class_names
    assert [panel.strip.describe(0, i).split(",")[1] for i in range(10)] == [
        f" class {names[k]}" for k in order
    ]
    choose(qtbot, panel.order, panel.order.findData("class"))
    assert panel.columns == list(range(10))


def test_a_click_makes_a_class_the_target_and_shows_the_film(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    press(qtbot, window, "Ctrl+2")
    open_view(qtbot, window.page("attack"), "all targets")
    panel = window.page("attack").tabs.panel("all targets")
    assert isinstance(panel, TargetsPanel)
    wait_until(qtbot, lambda: is_known(panel))
    choose(qtbot, panel.order, panel.order.findData("size"))
    panel.strip.grab()
    read, nearest, *_, last = panel.columns
    click(qtbot, panel.strip, panel.strip.cell_rect(0, 0).center())
    assert panel.isVisible()
    assert "already" in window.notice.text
    assert session.attack.target != read
    for column, k in ((9, last), (1, nearest)):
        click(qtbot, panel.strip, panel.strip.cell_rect(1, column).center())
        assert session.attack.target == k
        assert window.page("attack").shown == "the film"
        assert not panel.isVisible()
        open_view(qtbot, window.page("attack"), "all targets")
        wait_until(qtbot, lambda: is_known(panel))
        panel.strip.grab()
    cell = panel.strip.cell_rect(1, 3)
    hover(panel.strip, cell.center())
    row = (cell.center().y() - cell.top()) * 8 // cell.height()
    column = (cell.center().x() - cell.left()) * 8 // cell.width()
    assert exact_number(panel.strip.rows[1].values[3, row, column]) in window.foot.hovered.text()


def test_it_follows_the_image_and_the_epoch(
    panel: TargetsPanel, session: Session, qtbot: QtBot
) -> None:
    session.attack.choose("test", 5)
    wait_until(qtbot, lambda: is_known(panel))
    session.view.show_epoch(1)
    wait_until(qtbot, lambda: is_known(panel))
    expected = [one.smallest.size for one in expected_crossings(panel, session)]
    np.testing.assert_array_equal(found_of(panel).sizes, expected)


def test_before_anything_is_learnt_no_change_is_enough(
    panel: TargetsPanel, session: Session, qtbot: QtBot
) -> None:
    session.view.show_epoch(0)  # all weights are zero
    wait_until(qtbot, lambda: is_known(panel))
    missing = panel.strip.rows[1].missing
    assert missing == ("read as this: no change", *["no change is enough"] * 9)
    assert "no other class within reach" in panel.words.text()


def test_other_data_are_followed(panel: TargetsPanel, session: Session, qtbot: QtBot) -> None:
    before = data_of(session)
    session.wanted.set_setting("test_size", 50)
    session.training.start_again()
    wait_until(qtbot, lambda: data_of(session) is not before and is_known(panel))
    assert len(panel.strip.rows) == 2


def test_without_a_model_it_cannot_be_played(
    new_session: Callable[..., Session], new_panel: Callable[..., TargetsPanel]
) -> None:
    panel = new_panel(TargetsPanel, new_session())
    assert panel.problem.text() == NO_MODEL
    assert panel.problem.isVisible()
    assert panel.transport.status == ""


def test_weights_that_are_no_numbers_are_told(
    new_session: Callable[..., Session], new_panel: Callable[..., TargetsPanel], qtbot: QtBot
) -> None:
    session = open_and_finish(qtbot, new_session())
    shown = session.view.shown
    assert shown is not None
    shown.weights.setflags(write=True)
    shown.weights[:] = np.nan
    panel = new_panel(TargetsPanel, session)
    wait_until(qtbot, panel.problem.isVisible)
    wait_until(qtbot, lambda: panel.study.problem)
    assert "smaller learning rate" in panel.problem.text()
    assert panel.problem.isVisible()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slowly:
    """Make each step toward a class take its time, once it is told to."""
    return slow_down(monkeypatch, TargetSearch, "gui.attack.targets.study", 0.0)


def test_many_classes_scroll_and_a_long_search_can_be_called_off_and_gone_on_with(
    slow: Slowly,
    new_session: Callable[..., Session],
    new_targets: Callable[[Session], TargetsPanel],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    folder = write_data(tmp_path / "many", (28, 28), 47, 470, 94)
    config = DataConfig(dataset=folder, train_size=470, test_size=94)
    session = open_and_finish(qtbot, new_session(data=config, training=TrainingConfig(epochs=3)))
    panel = new_targets(session)
    study, progress = panel.study, panel.progress
    wait_until(qtbot, lambda: panel.area.verticalScrollBar().maximum() > 0)
    panel.strip.grab()
    last = panel.strip.cell_rect(1, 46)
    assert panel.strip.rect().contains(last)
    slow.seconds = 0.02
    panel.measure.measure(norm="l0")
    wait_until(qtbot, progress.cancel.isVisible)
    wait_until(qtbot, lambda: (found := study.found) is not None
               and found.crossings.count(None) < 46)  # fmt: skip
    click(qtbot, progress.cancel)
    wait_until(qtbot, lambda: not study.is_computing and not progress.cancel.isVisible())
    session.pool.read_letters()
    some = found_of(panel)
    n_left = some.crossings.count(None)
    assert 0 < n_left < 47
    assert panel.strip.rows[1].missing.count("...") == n_left
    assert f"{47 - n_left} of 47 classes" in panel.words.text()
    session.attack.set_setting("target", 4)  # changes nothing here
    session.pool.read_letters()
    assert found_of(panel) is some
    assert not study.is_computing
    click(qtbot, progress.go_on)
    assert not progress.go_on.isVisible()
    wait_until(qtbot, lambda: found_of(panel).crossings.count(None) < n_left)
    again = found_of(panel)
    for before, after in zip(some.crossings, again.crossings, strict=True):
        assert before is None or after is before  # what was found is not looked for again
    slow.seconds = 0.0
    # Another question ends the long one.
    panel.measure.measure(norm="l2")
    wait_until(qtbot, lambda: is_known(panel))
    slow.seconds = 0.02
    panel.measure.measure(norm="l0")
    wait_until(qtbot, progress.cancel.isVisible)
    click(qtbot, progress.cancel)
    assert study.is_held
    wait_until(qtbot, progress.go_on.isVisible)
    panel.measure.measure(norm="l2")
    wait_until(qtbot, lambda: is_known(panel))


def test_what_has_ended_cannot_be_called_off(
    panel: TargetsPanel, session: Session, qtbot: QtBot
) -> None:
    panel.study.call_off()  # too late: there is nothing left to do
    assert not panel.progress.go_on.isVisible()
    session.view.show_epoch(2)
    wait_until(qtbot, lambda: is_known(panel))
    assert not panel.progress.go_on.isVisible()

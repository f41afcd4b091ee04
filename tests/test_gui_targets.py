"""All targets: every number and picture of the strip is core's, and it moves as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import (
    choose,
    click,
    data_of,
    has_colour,
    hover,
    open_and_finish,
    pixels,
    press,
    wait_until,
    write_data,
)
from PySide6.QtCore import Qt

from core.data.config import DataConfig
from core.exact.crossing import FARTHEST, crossing
from core.exact.smallest import smallest_change
from core.learning.training import TrainingConfig
from core.pictures import diverging_rgb, grey_rgb
from core.progress import finish
from gui.attack.targets.panel import TargetsPanel
from gui.shared.words import sure_words
from gui.theme import DARK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from core.exact.crossing import Crossing
    from gui.session.session import Session
    from gui.window.main_window import MainWindow


def panel_of(window: MainWindow) -> TargetsPanel:
    panel = window.attack.tabs.panel("All targets")
    assert isinstance(panel, TargetsPanel)
    return panel


def is_known(session: Session) -> bool:
    """Whether the strip is that of the chosen image and the model shown."""
    targets, shown, image = session.targets, session.view.shown, session.attack.chosen_image
    if targets.found is None or shown is None or image is None or targets.is_computing:
        return False
    return (
        targets.found.complete
        and np.array_equal(targets.found.weights, shown.weights)
        and np.array_equal(targets.found.image, image)
        and (targets.found.norm, targets.found.boxed) == (targets.norm, targets.boxed)
    )


def expected_crossings(session: Session) -> list[Crossing]:
    """Return what core finds toward each class, one by one."""
    shown, image = session.view.shown, session.attack.chosen_image
    assert shown is not None
    assert image is not None
    targets, n_classes = session.targets, data_of(session).n_classes
    return [
        finish(crossing(shown.weights, image, targets.norm, target=k, boxed=targets.boxed))
        for k in range(n_classes)
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
def panel(window: MainWindow, qtbot: QtBot) -> TargetsPanel:
    """Return the panel, opened by its tab, with the strip of the chosen image."""
    press(qtbot, window, "Ctrl+2")
    click(qtbot, window.attack.tab("All targets"))
    panel = panel_of(window)
    assert panel.isVisible()
    wait_until(qtbot, lambda: is_known(window.session))
    panel.strip.grab()  # lays out
    return panel


def test_every_class_has_its_smallest_change_and_its_image_just_beyond(
    panel: TargetsPanel, window: MainWindow
) -> None:
    session, dataset = window.session, data_of(window.session)
    expected = expected_crossings(session)
    image_row, change_row = panel.strip.row(0), panel.strip.row(1)
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
    panel: TargetsPanel, window: MainWindow, is_dark: bool
) -> None:
    if is_dark:
        window.use_theme(DARK)
    strip, found = panel.strip, window.session.targets.found
    assert found is not None
    for k in range(10):
        cell = strip.cell_rect(0, k)
        assert strip.rect().contains(cell)
        painted = pixels(strip, cell)
        rgb = grey_rgb(strip.row(0).values[k])
        rows = (np.arange(8) * 2 + 1) * cell.height() // 16  # the middles of the pixels
        columns = (np.arange(8) * 2 + 1) * cell.width() // 16
        np.testing.assert_array_equal(painted[rows][:, columns], rgb)
        around = pixels(strip, cell.adjusted(-3, -3, 3, 3))
        framed = has_colour(around, window.theme.best).sum()
        assert (framed > cell.width()) == (k == found.nearest)


def test_scrubbing_moves_all_at_once_and_says_where_it_is(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, expected = window.session, expected_crossings(window.session)
    chosen, predicted = session.attack.chosen_image, expected[0].smallest.predicted
    assert "102 %" in panel.fraction_words.text()
    assert "just beyond" in panel.fraction_words.text()
    panel.scrub.setFocus()
    for key, fraction, words in (
        (Qt.Key.Key_Home, 0.0, "0 % of the change"),
        (Qt.Key.Key_PageUp, 0.1, "10 % of the change"),
        (Qt.Key.Key_End, FARTHEST, "just beyond"),
    ):
        qtbot.keyClick(panel.scrub, key)
        assert session.targets.fraction == pytest.approx(fraction)
        assert words in panel.fraction_words.text()
        for k, one in enumerate(expected):
            change = one.change_at(session.targets.fraction)
            row = panel.strip.row(0)
            np.testing.assert_allclose(row.values[k].ravel(), chosen + change, atol=1e-12)
            p = probabilities_at(session, change)
            assert row.captions[k].endswith(sure_words(p[k]))
            assert row.captions[k].startswith("✓") == (k == predicted or fraction > 1)
    panel.scrub.setValue(1000)
    assert panel.fraction_words.text() == "100 % of the change: a tie"
    ticks = [words.startswith("✓") for words in panel.strip.row(0).captions]
    assert ticks == [k == predicted for k in range(10)]


def test_play_goes_from_the_original_to_just_beyond_and_stops(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.attack.targets.study.PLAY_SECONDS", 0.4)
    targets = window.session.targets
    seen: list[float] = []
    targets.position_changed.connect(lambda: seen.append(targets.fraction))
    click(qtbot, panel.play)
    assert panel.play.text() == "Hold"
    assert targets.fraction == 0
    wait_until(qtbot, lambda: not targets.playing)
    assert panel.play.text() == "Play"
    assert seen == sorted(seen)
    assert len(seen) > 3
    assert targets.fraction == FARTHEST
    click(qtbot, panel.play)
    wait_until(qtbot, lambda: targets.fraction > 0)
    click(qtbot, panel.play)
    held = targets.fraction
    assert not targets.playing
    assert panel.scrub.value() == round(1000 * held)
    panel.scrub.setFocus()
    click(qtbot, panel.play)
    qtbot.keyClick(panel.scrub, Qt.Key.Key_Home)  # scrubbing holds
    assert not targets.playing
    assert targets.fraction == 0


def test_norm_and_box_begin_with_those_of_the_attack_and_can_be_chosen(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, attack = window.session, window.session.attack
    assert (panel.norm.currentData(), panel.boxed.isChecked()) == (attack.norm, attack.boxed)
    attack.choose_attack("fgsm")
    attack.set_setting("norm", "linf")
    assert (attack.norm, attack.boxed) == ("linf", True)  # else the test shows nothing
    wait_until(qtbot, lambda: is_known(session))
    assert (panel.norm.currentData(), panel.boxed.isChecked()) == ("linf", True)
    assert session.targets.found.norm == "linf"  # type: ignore[union-attr]
    click(qtbot, panel.boxed)
    choose(qtbot, panel.norm, panel.norm.findData("l0"))
    wait_until(qtbot, lambda: is_known(session))
    attack.choose_attack("descent")  # nothing here follows it any more
    wait_until(qtbot, lambda: is_known(session))
    assert (panel.norm.currentData(), panel.boxed.isChecked()) == ("l0", False)


def test_where_the_fewest_pixels_are_only_a_bound_it_says_at_most(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    choose(qtbot, panel.norm, panel.norm.findData("l0"))
    if not panel.boxed.isChecked():
        click(qtbot, panel.boxed)
    kinds = set()
    for index in range(8):
        session.attack.choose("test", index)
        wait_until(qtbot, lambda: is_known(session))
        shown, image = session.view.shown, session.attack.chosen_image
        assert shown is not None
        assert image is not None
        for k, words in enumerate(panel.strip.row(1).captions):
            one = smallest_change(shown.weights, image, "l0", target=k, boxed=True)
            if not words:
                assert one.size == 0 or np.isinf(one.size)
                continue
            kinds.add(one.at_least < one.size)
            expected = (
                f"at most {one.size:.0f}" if one.at_least < one.size else f"{one.size:.0f} px"
            )
            assert words.split("  ")[0] == expected
    assert kinds == {True, False}


def test_by_size_the_nearest_come_first(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    sizes = [one.smallest.size for one in expected_crossings(session)]
    choose(qtbot, panel.order, panel.order.findData("size"))
    order = np.argsort(sizes, kind="stable")
    shown = [float(words.split("  ")[0]) for words in panel.strip.row(1).captions if words]
    assert shown == sorted(shown)
    names = data_of(session).class_names
    assert [panel.strip.describe(0, i).split(",")[1] for i in range(10)] == [
        f" class {names[k]}" for k in order
    ]
    choose(qtbot, panel.order, panel.order.findData("class"))
    assert session.targets.columns() == list(range(10))


def test_a_click_makes_a_class_the_target_and_shows_the_film(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    choose(qtbot, panel.order, panel.order.findData("size"))
    panel.strip.grab()
    read, nearest, *_, last = session.targets.columns()
    click(qtbot, panel.strip, panel.strip.cell_rect(0, 0).center())
    assert panel.isVisible()
    assert "already" in window.notice.text
    assert session.attack.target != read
    for column, k in ((9, last), (1, nearest)):
        click(qtbot, panel.strip, panel.strip.cell_rect(1, column).center())
        assert session.attack.target == k
        assert window.attack.tab("Film").isChecked()
        assert not panel.isVisible()
        click(qtbot, window.attack.tab("All targets"))
        wait_until(qtbot, lambda: is_known(session))
        panel.strip.grab()


def test_the_pointer_reads_pixels(panel: TargetsPanel, window: MainWindow) -> None:
    cell = panel.strip.cell_rect(1, 3)
    hover(panel.strip, cell.center())
    row = (cell.center().y() - cell.top()) * 8 // cell.height()
    column = (cell.center().x() - cell.left()) * 8 // cell.width()
    assert f"{panel.strip.row(1).values[3, row, column]:.4g}" in window.hover_words.text()


def test_it_follows_the_image_and_the_epoch(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.attack.choose("test", 5)
    wait_until(qtbot, lambda: is_known(session))
    session.view.show_epoch(1)
    wait_until(qtbot, lambda: is_known(session))
    expected = [one.smallest.size for one in expected_crossings(session)]
    np.testing.assert_array_equal(session.targets.found.sizes, expected)  # type: ignore[union-attr]


def test_before_anything_is_learnt_no_change_is_enough(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.view.show_epoch(0)  # all weights are zero
    wait_until(qtbot, lambda: is_known(session))
    missing = panel.strip.row(1).missing
    assert missing == ("read as this: no change", *["no change is enough"] * 9)
    assert "no other class within reach" in panel.words.text()


def test_nothing_is_computed_where_nobody_looks(window: MainWindow, qtbot: QtBot) -> None:
    job = window.session.targets._job
    press(qtbot, window, "Ctrl+2")
    window.attack.tabs.panel("All targets")
    qtbot.wait(200)
    assert job.idle
    assert window.session.targets.found is None
    click(qtbot, window.attack.tab("All targets"))
    wait_until(qtbot, lambda: is_known(window.session))
    known = window.session.targets._state
    click(qtbot, window.attack.tab("Film"))
    window.session.view.show_epoch(1)
    qtbot.wait(200)
    assert job.idle
    assert window.session.targets._state is known


def test_other_data_are_followed(panel: TargetsPanel, window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    before = data_of(session)
    session.wanted.set_setting("test_size", 50)
    session.training.rewind(play=True)
    wait_until(qtbot, lambda: data_of(session) is not before and is_known(session))
    assert panel.strip.n_rows == 2


def test_without_a_model_it_says_so(new_session: Callable[..., Session], qtbot: QtBot) -> None:
    panel = TargetsPanel(new_session())
    qtbot.addWidget(panel)
    panel.show()
    assert "no model yet" in panel.problem.text()
    assert panel.problem.isVisible()
    assert not panel.play.isEnabled()
    panel.hide()


def test_weights_that_are_no_numbers_are_told(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = window.session.targets
    request = targets._request()
    assert request is not None
    ran_away = replace(request, weights=np.full((10, 65), np.nan))
    monkeypatch.setattr(targets, "_request", lambda: ran_away)
    targets.go_on()
    assert "smaller learning rate" in panel.problem.text()
    assert panel.problem.isVisible()


def test_many_classes_scroll_and_a_long_search_can_be_called_off_and_gone_on_with(
    new_session: Callable[..., Session],
    new_window: Callable[[Session], MainWindow],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    folder = write_data(tmp_path / "many", (28, 28), 47, 470, 94)
    config = DataConfig(dataset=folder, train_size=470, test_size=94)
    session = open_and_finish(qtbot, new_session(data=config, training=TrainingConfig(epochs=3)))
    window = new_window(session)
    press(qtbot, window, "Ctrl+2")
    click(qtbot, window.attack.tab("All targets"))
    panel = panel_of(window)
    wait_until(qtbot, lambda: is_known(session))
    wait_until(qtbot, lambda: panel.area.verticalScrollBar().maximum() > 0)
    panel.strip.grab()
    last = panel.strip.cell_rect(1, 46)
    assert panel.strip.rect().contains(last)
    choose(qtbot, panel.norm, panel.norm.findData("l0"))
    wait_until(qtbot, panel.progress.isVisible)
    wait_until(qtbot, lambda: (found := session.targets.found) is not None
               and found.crossings.count(None) < 46)  # fmt: skip
    click(qtbot, panel.progress.button)
    wait_until(qtbot, lambda: not session.targets.is_computing)
    wait_until(qtbot, lambda: not panel.progress.isVisible())
    qtbot.wait(50)
    some = session.targets.found
    assert some is not None
    n_left = some.crossings.count(None)
    assert 0 < n_left < 47
    assert panel.strip.row(1).missing.count("...") == n_left
    assert f"{47 - n_left} of 47 classes" in panel.words.text()
    session.attack.set_setting("target", 4)  # changes nothing here
    qtbot.wait(100)
    assert session.targets.found is some
    click(qtbot, panel.go_on)
    assert not panel.go_on.isVisible()
    wait_until(qtbot, lambda: session.targets.found.crossings.count(None) < n_left)  # type: ignore[union-attr]
    again = session.targets.found
    assert again is not None
    for before, after in zip(some.crossings, again.crossings, strict=True):
        assert before is None or after is before  # what was found is not looked for again
    choose(qtbot, panel.norm, panel.norm.findData("l2"))  # another question ends the long one
    wait_until(qtbot, lambda: is_known(session))
    choose(qtbot, panel.norm, panel.norm.findData("l0"))
    wait_until(qtbot, panel.progress.isVisible)
    click(qtbot, panel.progress.button)
    assert session.targets.is_called_off
    wait_until(qtbot, panel.go_on.isVisible)
    choose(qtbot, panel.norm, panel.norm.findData("l2"))
    wait_until(qtbot, lambda: is_known(session))


def test_calling_off_holds_for_one_model_and_not_for_another_epoch(
    panel: TargetsPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    wait_until(qtbot, lambda: is_known(session))
    session.targets.call_off()  # too late: there is nothing left to do
    assert not session.targets.is_called_off
    session.view.show_epoch(2)
    wait_until(qtbot, lambda: is_known(session))
    session.view.show_epoch(4)
    session.targets.call_off()  # before anything was found of this one
    wait_until(qtbot, lambda: not session.targets.is_computing)
    assert session.targets.is_called_off
    assert panel.go_on.isVisible()
    session.view.show_epoch(6)
    assert not session.targets.is_called_off
    wait_until(qtbot, lambda: is_known(session))
    assert not panel.go_on.isVisible()

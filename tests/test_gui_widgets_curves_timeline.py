"""The timeline: branches, kept weights, labels, by real mouse and keys and by what is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import Painted, click, drag, has_colour, hover, pixels
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QToolTip

from gui.theme import DARK, LIGHT, USUAL, Theme, apply_font
from gui.widgets.curves.label_places import place_labels
from gui.widgets.curves.timeline import Timeline

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    """Return a shown timeline of 50 epochs, 40 of them done."""
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(700, 44)
    made.set_run(50, 40, None)
    made.show()
    return made


@pytest.fixture
def chosen(timeline: Timeline) -> list[int]:
    """Return the list into which every chosen epoch goes."""
    epochs: list[int] = []
    timeline.place_chosen.connect(epochs.append)
    return epochs


def middle(timeline: Timeline) -> int:
    return round(timeline._middle)


def at(timeline: Timeline, epoch: float) -> QPoint:
    return QPoint(round(timeline.x_of(epoch)), middle(timeline))


def test_nothing_before_a_branch_can_be_chosen(
    timeline: Timeline, chosen: list[int], qtbot: QtBot
) -> None:
    timeline.set_branch(10, "branches off run 2 at epoch 10")
    for epoch in (0, 9, 10, 25, 50):
        click(qtbot, timeline, at(timeline, epoch))
    assert chosen == [10, 10, 10, 25, 40]
    timeline.set_branch(None)
    click(qtbot, timeline, at(timeline, 3))
    assert chosen[-1] == 3


def test_a_branch_between_two_epochs_begins_at_the_next(timeline: Timeline) -> None:
    timeline.set_branch(10.4, "")
    assert timeline.epoch_at(0) == 11


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_bar_begins_at_the_branch_with_a_fork(timeline: Timeline, theme: Theme) -> None:
    timeline.set_theme(theme)
    fork = round(timeline.x_of(10))
    inside = slice(middle(timeline) - 2, middle(timeline) + 3)
    assert has_colour(pixels(timeline)[inside, : fork - 12], theme.accent).any()
    timeline.set_branch(10, "")
    painted = pixels(timeline)
    assert not has_colour(painted[inside, : fork - 12], theme.accent).any()
    assert has_colour(painted[inside, fork + 6 : fork + 20], theme.accent).all()
    above = slice(middle(timeline) - 12, middle(timeline) - 5)
    assert has_colour(painted[above, fork - 12 : fork + 3], theme.accent).sum() > 10, "no fork"


def tip(timeline: Timeline, point: QPoint) -> str:
    """Return what a hover says."""
    QToolTip.hideText()
    hover(timeline, point)
    return QToolTip.text()


def test_the_fork_says_where_it_leads(timeline: Timeline) -> None:
    timeline.set_branch(10, "branches off run 2 at epoch 10")
    assert tip(timeline, at(timeline, 10)) == "epoch 10\nbranches off run 2 at epoch 10"
    assert tip(timeline, at(timeline, 4)) == "epoch 10\nbranches off run 2 at epoch 10"
    assert tip(timeline, at(timeline, 20)) == "epoch 20"
    QToolTip.hideText()


def test_clicks_and_drags_go_to_kept_weights(
    timeline: Timeline, chosen: list[int], qtbot: QtBot
) -> None:
    timeline.set_kept(np.array([0.0, 4.0, 16.0, 36.0, 40.0]))
    click(qtbot, timeline, at(timeline, 30))
    assert chosen == [36]
    click(qtbot, timeline, at(timeline, 16))
    assert chosen[-1] == 16
    drag(timeline, at(timeline, 38.6), at(timeline, 7))
    assert chosen[-1] == 4
    timeline.set_branch(10, "")
    click(qtbot, timeline, at(timeline, 5))
    assert chosen[-1] == 16
    timeline.set_kept(None)
    click(qtbot, timeline, at(timeline, 30))
    assert chosen[-1] == 30


def test_the_nearest_kept_epoch_is_that_of_a_plain_search(timeline: Timeline) -> None:
    kept = np.array([0.0, 3.0, 9.0, 10.0, 22.0, 31.0, 40.0])
    timeline.set_kept(kept)
    for epoch in range(41):
        nearest = min(abs(k - epoch) for k in kept)
        assert abs(timeline.epoch_at(timeline.x_of(epoch)) - epoch) == nearest


def test_what_is_not_kept_says_what_is(timeline: Timeline) -> None:
    timeline.set_kept(np.array([0.0, 36.0]))
    assert tip(timeline, at(timeline, 33)) == "epoch 33\nweights kept at epoch 36"
    assert tip(timeline, at(timeline, 36)) == "epoch 36"
    QToolTip.hideText()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_labels_stand_above_the_bar(timeline: Timeline, theme: Theme) -> None:
    timeline.set_theme(theme)
    timeline.set_ticks([(20, "learning rate 0.1 -> 0.5", "η 0.5")])
    x = round(timeline.x_of(20))
    above = slice(0, middle(timeline) - 6)
    beside = pixels(timeline)[above, x + 3 : x + 40].astype(int)
    assert timeline.labels == ["η 0.5"]
    timeline.set_ticks([(20, "learning rate 0.1 -> 0.5", "")])
    assert timeline.labels == []
    without = pixels(timeline)[above, x + 3 : x + 40].astype(int)
    assert (np.abs(beside - without).sum(axis=-1) > 60).sum() > 15, "no label is painted"
    assert has_colour(
        pixels(timeline)[middle(timeline) - 9 : middle(timeline), x - 2 : x + 3], theme.best
    ).any()
    assert tip(timeline, QPoint(x, middle(timeline))) == "epoch 20\nlearning rate 0.1 -> 0.5"
    QToolTip.hideText()


def test_of_labels_that_overlap_the_most_recent_stays(timeline: Timeline) -> None:
    timeline.set_ticks([(20, "a", "first"), (20.5, "b", "second"), (35, "c", "far away")])
    assert timeline.labels == ["second", "far away"]
    x = timeline.x_of(20)
    strip = pixels(timeline)[
        middle(timeline) - 9 : middle(timeline) + 9, round(x) - 2 : round(x) + 3
    ]
    assert has_colour(strip, LIGHT.best).any(), "its tick must stay"


def test_a_run_that_goes_on_repaints_the_bar_alone(timeline: Timeline) -> None:
    timeline.set_shown(40, live=True)
    painted = Painted(timeline)
    timeline.set_run(50, 40, None)
    timeline.set_shown(40, live=True)
    timeline.set_ticks([])
    timeline.set_branch(None)
    painted.settle()
    assert painted.n_paints == 0
    timeline.set_run(50, 41, None)
    timeline.set_shown(41, live=True)
    painted.settle()
    assert painted.region.boundingRect().bottom() < timeline.height() / 2 + middle(timeline) / 2
    shown = pixels(timeline)
    timeline.update()
    np.testing.assert_array_equal(pixels(timeline), shown)
    timeline.set_run(60, 41, None)
    painted.settle()
    assert painted.region.contains(timeline.rect())  # other numbers


def overlaps(spans: list[tuple[float, float]]) -> bool:
    return any(b[0] < a[1] for a, b in zip(sorted(spans), sorted(spans)[1:], strict=False))


@pytest.mark.parametrize("n", [1, 3, 30, 300])
def test_placed_labels_never_overlap_nor_leave_the_bar(n: int) -> None:
    rng = np.random.default_rng(3)
    places, widths = rng.uniform(0, 500, n).tolist(), rng.uniform(5, 60, n).tolist()
    placed = place_labels(places, widths, 0.0, 500.0)
    spans = [(start, start + widths[i]) for i, start in placed.items()]
    assert not overlaps(spans)
    assert all(start >= 0 and end <= 500 for start, end in spans)
    assert max(range(n), key=places.__getitem__) in placed


@pytest.mark.parametrize("percent", [100, 200])
def test_the_number_of_the_last_epoch_is_whole(
    app: QApplication, timeline: Timeline, percent: int
) -> None:
    apply_font(app, percent)
    app.processEvents()
    timeline.set_run(300, 300, None)
    timeline.resize(700, timeline.sizeHint().height())
    dark = pixels(timeline)[29:].min(axis=2) < 160
    assert dark.any()
    assert not dark[:, -1].any(), "it ends at the edge, or before it"
    assert not dark[-1].any()
    assert dark[:, -60:].sum() > 1.5 * dark[:, :30].sum(), "300, not 0"
    apply_font(app, USUAL)


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_a_label_is_whole_where_the_handle_is(
    timeline: Timeline, app: QApplication, percent: int
) -> None:
    apply_font(app, percent)
    app.processEvents()
    timeline.set_ticks([(25, "learning rate 0.1 -> 0.5", "η 0.5")])
    timeline.resize(700, timeline.sizeHint().height())
    left = round(timeline.x_of(25)) + 3
    seen = []
    for epoch in (5, 26.3):  # far from it, and below it
        timeline.set_shown(epoch, live=False)
        above = timeline._middle - 9
        seen.append(pixels(timeline)[: round(above), left : left + 60])
    np.testing.assert_array_equal(*seen)
    assert (seen[0].min(axis=2) < 160).sum() > 15, "no label"
    assert not (pixels(timeline)[0].min(axis=1) < 160).any(), "it is cut at the top"
    apply_font(app, USUAL)

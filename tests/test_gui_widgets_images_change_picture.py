"""A change is amplified to full colour, and says how many times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import enlarged, pixels

from core.pictures import diverging_rgb
from gui.widgets.images.change_picture import ChangePicture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot


@pytest.fixture
def picture(qtbot: QtBot) -> ChangePicture:
    picture = ChangePicture("What is added.", noun="its change")
    qtbot.addWidget(picture)
    picture.resize(160, 200)
    return picture


def inner(picture: ChangePicture) -> NDArray[np.uint8]:
    """Return what is painted within the frame around the image."""
    return pixels(picture, picture.image_rect().adjusted(1, 1, -1, -1))


CHANGE = np.linspace(-0.25, 0.125, 16).reshape(4, 4)


@pytest.mark.parametrize(
    ("limit", "full", "title"), [(None, 0.25, "its change × 4"), (0.5, 0.5, "its change × 2")]
)
def test_it_is_amplified_to_its_largest_pixel_or_to_a_limit(
    picture: ChangePicture, limit: float | None, full: float, title: str
) -> None:
    picture.show_change(CHANGE, "size 0.6", limit=limit)
    assert (picture.title, picture.caption) == (title, "size 0.6")
    box = picture.image_rect()
    expected = enlarged(diverging_rgb(CHANGE, full), box.height(), box.width())
    np.testing.assert_array_equal(inner(picture), expected[1:-1, 1:-1])


def test_rounding_is_not_amplified_but_where_it_is_exact(
    picture: ChangePicture, qtbot: QtBot
) -> None:
    picture.show_change(CHANGE, "")
    picture.show_change(1e-7 * CHANGE, "none yet")
    assert picture.title == "its change"
    assert len(np.unique(inner(picture).reshape(-1, 3), axis=0)) == 1
    exact = ChangePicture("What is added.", least=0.0)
    qtbot.addWidget(exact)
    exact.show_change(1e-7 * CHANGE, "")
    assert exact.title == "change × 4e7"
    exact.show_change(0.0 * CHANGE, "")
    assert exact.title == "change"


def test_nothing_is_shown_again(picture: ChangePicture) -> None:
    picture.show_change(CHANGE, "size 0.6")
    picture.clear()
    assert (picture.title, picture.caption) == ("its change", "")

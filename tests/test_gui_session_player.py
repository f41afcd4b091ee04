"""Playing frame by frame: where it stands, and where it stays when other frames come."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Signal

from gui.session.player import Player


class Clock(QObject):
    """A clock that is set by hand, and the signal at which is played on."""

    tick = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.tick.emit()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_player(clock: Clock) -> Callable[[int], Player]:
    def make(n_frames: int) -> Player:
        return Player(
            clock.tick, n_frames=n_frames, speed=10.0, clock=lambda: clock.now, parent=clock
        )

    return make


Maker = Callable[[int], Player]


def test_it_stands_at_the_end_and_plays_from_the_start_to_the_end(
    new_player: Maker, clock: Clock
) -> None:
    player, seen, told = new_player(21), [], []
    player.position_changed.connect(lambda: seen.append(player.position))
    player.playing_changed.connect(lambda: told.append(player.playing))
    assert player.position == 20
    player.toggle()
    assert (player.playing, player.position) == (True, 0)
    for seconds in (0.5, 0.0, 1.0, 3.0, 1.0):
        clock.pass_by(seconds)
    assert seen == [0, 5, 15, 20]
    assert told == [True, False]


def test_it_is_held_and_played_on_from_there_at_another_speed(
    new_player: Maker, clock: Clock
) -> None:
    player = new_player(21)
    player.play()
    clock.pass_by(0.4)
    player.toggle()
    clock.pass_by(1.0)
    assert (player.playing, player.position) == (False, 4)
    player.play()
    player.set_speed(20.0)
    clock.pass_by(0.2)
    assert player.position == 8
    player.set_speed(5.0)  # without a jump
    clock.pass_by(0.2)
    assert player.position == 9
    player.go_to(3)  # holds
    assert (player.playing, player.position) == (False, 3)
    player.go_to(99)
    assert player.position == 20
    player.go_to(-5)
    assert player.position == 0


def test_again_and_again_after_a_rest(new_player: Maker, clock: Clock) -> None:
    player = new_player(11)
    player.set_looping(True)
    player.play()
    clock.pass_by(1.5)
    assert (player.playing, player.position) == (True, 10)
    clock.pass_by(0.4)
    assert player.position == 10
    clock.pass_by(0.2)
    assert player.position == 0
    player.set_looping(False)
    clock.pass_by(2.0)
    assert (player.playing, player.position) == (False, 10)


def test_it_waits_for_frames_that_are_to_come(new_player: Maker, clock: Clock) -> None:
    player = new_player(0)
    player.play()
    assert not player.playing  # there is nothing
    player.is_growing = True
    player.grow(3)
    player.play()
    clock.pass_by(1.0)
    assert (player.playing, player.position) == (True, 2)
    clock.pass_by(60.0)
    player.grow(8)  # they are played, however late they are
    clock.pass_by(0.15)
    assert (player.playing, player.position) == (True, 3)
    clock.pass_by(1.0)
    assert (player.playing, player.position) == (True, 7)
    player.is_growing = False
    clock.pass_by(0.1)
    assert not player.playing


def test_what_comes_is_played_on_however_late_and_however_little_at_once(
    new_player: Maker, clock: Clock
) -> None:
    player, seen = new_player(21), []
    player.position_changed.connect(lambda: seen.append(player.position))
    player.play_what_comes()
    clock.pass_by(30.0)
    player.replace(6)  # the first of others, which come to where it stood by and by
    assert (player.playing, player.position) == (True, 5)
    clock.pass_by(30.0)
    player.grow(41)
    for _ in range(5):
        clock.pass_by(0.5)
    assert seen == [25, 30, 35, 40]
    player.is_growing = False
    clock.pass_by(0.1)
    assert not player.playing


@pytest.mark.parametrize("is_played", [False, True])
def test_who_stands_at_the_end_stays_at_the_end_of_others(
    new_player: Maker, clock: Clock, is_played: bool
) -> None:
    player = new_player(5)
    if is_played:
        player.play()
        clock.pass_by(1.0)
    else:
        player.go_to(4)
    player.replace(2)
    assert player.position == 1
    player.grow(9)
    assert player.position == 8


def test_who_stands_elsewhere_is_brought_back_there(new_player: Maker, clock: Clock) -> None:
    player = new_player(12)
    player.go_to(7)
    for _ in range(2):  # others before those before have grown so far
        player.replace(3)
        assert player.position == 2
    player.grow(12)
    assert player.position == 7
    player.play()
    clock.pass_by(0.25)
    player.replace(20)
    clock.pass_by(0.125)
    assert (player.playing, player.position) == (True, 10)  # it plays on
    player.pause()
    player.replace(20)
    assert player.position == 10
    player.clear()
    assert (player.playing, player.position, player.n_frames) == (False, 0, 0)
    player.grow(4)
    assert player.position == 3

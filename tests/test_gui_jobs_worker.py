"""Jobs and the mailbox: nothing is lost, nothing outlives its stop, every error arrives."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from core.errors import SettingError
from gui.jobs.mailbox import Letter, Mailbox
from gui.jobs.worker import Failed, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from gui.jobs.mailbox import Channel

SOON = 60.0


def read(letter: Letter) -> None:
    """Stand in for a reader."""


class EchoJob(Job):
    """Works until stopped, or until ``call`` raises."""

    def __init__(self, channel: Channel, call: Callable[[], None] = lambda: None) -> None:
        super().__init__("echoing", channel)
        self._call = call
        self.began = threading.Event()

    def work(self) -> None:
        self.began.set()
        self._call()
        with self._wake:
            self._wake.wait_for(lambda: self.is_stopping)
        self.post("stopped")


def test_the_latest_state_overwrites_the_one_before() -> None:
    mailbox = Mailbox()
    one, other = mailbox.channel(read), mailbox.channel(read)
    for k in range(5):
        one.put_latest(k)
    other.put_latest("other")
    assert mailbox.take() == [Letter(read, 1, 4), Letter(read, 2, "other")]


def test_events_come_first_in_order_and_none_is_lost() -> None:
    mailbox = Mailbox()
    channels = [mailbox.channel(read) for _ in range(3)]
    channels[0].put_latest("state")
    for k in range(1000):
        channels[k % 3].post(k)
    *events, latest = mailbox.take()
    assert [letter.payload for letter in events] == list(range(1000))
    assert [letter.generation for letter in events] == [1 + k % 3 for k in range(1000)]
    assert latest.payload == "state"


def test_what_was_taken_does_not_come_again() -> None:
    mailbox = Mailbox()
    channel = mailbox.channel(read)
    channel.post("event")
    channel.put_latest("state")
    mailbox.take()
    assert mailbox.take() == []


def test_nothing_is_lost_between_threads() -> None:
    mailbox, taken = Mailbox(), []
    channels = [mailbox.channel(read) for _ in range(3)]
    writers = [
        threading.Thread(target=lambda c=c: [c.post(k) for k in range(2000)]) for c in channels
    ]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        taken += mailbox.take()
    taken += mailbox.take()
    for channel in channels:
        of_it = [letter.payload for letter in taken if letter.generation == channel.generation]
        assert of_it == list(range(2000))


def test_a_job_stops_when_asked() -> None:
    mailbox = Mailbox()
    job = EchoJob(mailbox.channel(read))
    job.start()
    assert job.began.wait(SOON)
    job.request_stop()
    job.join(SOON)
    assert not job.is_alive()
    assert mailbox.take() == [Letter(read, job.generation, "stopped")]


def failing(error: Exception) -> list[Letter]:
    def call() -> None:
        raise error

    mailbox = Mailbox()
    job = EchoJob(mailbox.channel(read), call)
    job.start()
    job.join(SOON)
    assert not job.is_alive()
    return mailbox.take()


def test_an_expected_error_arrives_as_its_message(caplog: pytest.LogCaptureFixture) -> None:
    (letter,) = failing(SettingError("Choose a smaller number."))
    assert letter.payload == Failed("echoing", "Choose a smaller number.", expected=True)
    assert caplog.records == []


def test_an_unexpected_error_arrives_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    (letter,) = failing(ZeroDivisionError("by nought"))
    assert letter.payload == Failed("echoing", "ZeroDivisionError: by nought", expected=False)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "echoing" in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError

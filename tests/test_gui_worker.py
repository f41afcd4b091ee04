from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

from core.errors import SettingError
from gui.jobs.mailbox import Letter, Mailbox
from gui.jobs.worker import ALWAYS, Failed, Job, LatestJob

if TYPE_CHECKING:
    from collections.abc import Callable

SOON = 60.0


class EchoJob(Job):
    """Works until stopped, or until ``call`` raises."""

    def __init__(self, mailbox: Mailbox, call: Callable[[], None] = lambda: None) -> None:
        super().__init__("echoing", 7, mailbox)
        self._call = call
        self.began = threading.Event()

    def work(self) -> None:
        self.began.set()
        self._call()
        with self._wake:
            self._wake.wait_for(lambda: self._stopping)
        self.post("stopped")


def test_the_latest_state_overwrites_the_one_before() -> None:
    mailbox = Mailbox()
    for k in range(5):
        mailbox.put_latest("a", 1, k)
    mailbox.put_latest("b", 2, "other")
    events, latest = mailbox.take()
    assert events == []
    assert latest == {"a": Letter(1, 4), "b": Letter(2, "other")}


def test_events_come_in_order_and_none_is_lost() -> None:
    mailbox = Mailbox()
    for k in range(1000):
        mailbox.post(k % 3, k)
    events, latest = mailbox.take()
    assert [letter.payload for letter in events] == list(range(1000))
    assert [letter.generation for letter in events] == [k % 3 for k in range(1000)]
    assert latest == {}


def test_what_was_taken_does_not_come_again() -> None:
    mailbox = Mailbox()
    mailbox.post(1, "event")
    mailbox.put_latest("slot", 1, "state")
    mailbox.take()
    assert mailbox.take() == ([], {})


def test_nothing_is_lost_between_threads() -> None:
    mailbox, taken = Mailbox(), []
    writers = [
        threading.Thread(target=lambda w=w: [mailbox.post(w, k) for k in range(2000)])
        for w in range(3)
    ]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        taken += mailbox.take()[0]
    taken += mailbox.take()[0]
    for writer in range(3):
        assert [letter.payload for letter in taken if letter.generation == writer] == list(
            range(2000)
        )


def test_a_job_stops_when_asked() -> None:
    mailbox = Mailbox()
    job = EchoJob(mailbox)
    job.start()
    assert job.began.wait(SOON)
    assert job.alive
    job.request_stop()
    assert job.join(SOON)
    assert not job.alive
    assert mailbox.take()[0] == [Letter(7, "stopped")]


def test_joining_a_job_that_goes_on_says_so() -> None:
    job = EchoJob(Mailbox())
    job.start()
    assert job.began.wait(SOON)
    assert job.join(0.0) is False
    job.request_stop()
    assert job.join(SOON) is True


def failing(error: Exception) -> list[Letter]:
    def call() -> None:
        raise error

    mailbox = Mailbox()
    job = EchoJob(mailbox, call)
    job.start()
    assert job.join(SOON)
    return mailbox.take()[0]


def test_an_expected_error_arrives_as_its_message(caplog: pytest.LogCaptureFixture) -> None:
    events = failing(SettingError("Choose a smaller number."))
    assert events == [Letter(7, Failed("echoing", "Choose a smaller number.", expected=True))]
    assert caplog.records == []


def test_an_unexpected_error_arrives_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    events = failing(ZeroDivisionError("by nought"))
    assert events == [Letter(7, Failed("echoing", "ZeroDivisionError: by nought", expected=False))]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "echoing" in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


class Asked:
    """An answer that waits for permission and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.begun = threading.Semaphore(0)
        self.allowed = threading.Semaphore(0)

    def __call__(self, request: Any) -> Any:
        self.requests.append(request)
        self.begun.release()
        assert self.allowed.acquire(timeout=SOON)
        if request == "bad":
            raise SettingError("not this one")
        return f"answer to {request}"


def wait_for_slot(mailbox: Mailbox) -> Letter:
    pause = threading.Event()
    for _ in range(int(SOON / 0.005)):
        _, latest = mailbox.take()
        if "slot" in latest:
            return latest["slot"]
        pause.wait(0.005)
    raise AssertionError("no answer came")


def test_a_latest_job_answers_the_newest_request_and_skips_the_others() -> None:
    mailbox, answer = Mailbox(), Asked()
    job = LatestJob("looking", mailbox, "slot", answer)
    job.start()
    job.request(1, "first")
    assert answer.begun.acquire(timeout=SOON)
    for k in range(2, 6):
        job.request(k, f"request {k}")
    answer.allowed.release()
    assert answer.begun.acquire(timeout=SOON)
    answer.allowed.release()
    job.request_stop()
    assert job.join(SOON)
    assert answer.requests == ["first", "request 5"]
    assert mailbox.take()[1]["slot"] == Letter(5, "answer to request 5")


def test_a_latest_job_that_fails_says_so_whatever_the_generation() -> None:
    mailbox, answer = Mailbox(), Asked()
    job = LatestJob("looking", mailbox, "slot", answer)
    job.start()
    answer.allowed.release()
    job.request(1, "bad")
    assert answer.begun.acquire(timeout=SOON)
    answer.allowed.release()
    job.request(2, "good")  # it goes on
    assert answer.begun.acquire(timeout=SOON)
    job.request_stop()
    assert job.join(SOON)
    events, latest = mailbox.take()
    assert events == [Letter(ALWAYS, Failed("looking", "not this one", expected=True))]
    assert latest == {"slot": Letter(2, "answer to good")}


def test_a_resting_latest_job_stops_at_once() -> None:
    mailbox = Mailbox()
    # Its rest is a thousand times as long as its answer took.
    job = LatestJob("looking", mailbox, "slot", lambda _: sum(range(300_000)), rest=1e4)
    job.start()
    job.request(1, "anything")
    wait_for_slot(mailbox)
    job.request_stop()
    assert job.join(SOON)


@pytest.mark.parametrize("asked_first", [True, False])
def test_a_waiting_latest_job_stops(asked_first: bool) -> None:
    mailbox = Mailbox()
    job = LatestJob("looking", mailbox, "slot", str)
    job.start()
    if asked_first:
        job.request(1, 5)
        assert wait_for_slot(mailbox).payload == "5"
    job.request_stop()
    assert job.join(SOON)

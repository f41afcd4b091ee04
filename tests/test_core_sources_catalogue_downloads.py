"""Downloads from mirrors that fail in every way, against a server of the test's own."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pooch.core
import pytest
import requests  # noqa: F401 - not at the cost of the first test's patience
from core_samples import REPOSITORY, idx_bytes, write_idx_folder
from loopback import Loopback, closed_port

from core.command_line import parse_arguments
from core.errors import DatasetError
from core.report.writing import write_report
from core.sources import limits, open_dataset
from core.sources.catalogue import dataset_cache, downloads, transfer
from core.sources.catalogue.dataset_cache import (
    CACHE_VARIABLE,
    available,
    clean_leftovers,
    entry_folder,
)
from core.sources.catalogue.downloads import DownloadProgress, download
from core.sources.catalogue.entries import (
    CATALOGUE,
    CatalogueEntry,
    Member,
    NotDownloaded,
    RemoteFile,
)
from core.sources.catalogue.mirrors import MIRROR_VARIABLE, Patience, given_mirrors
from core.sources.catalogue.opening import copy_in_folders
from core.words import DOWN, UP, sized

KEY = "made-up"
PATIENT = Patience(connect_seconds=60.0, stall_seconds=60.0, min_speed=1000.0)
IMPATIENT = Patience(connect_seconds=60.0, stall_seconds=0.5, min_speed=1000.0)
"""For :func:`impatient_with_the_first`."""

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    """An empty cache, and no mirror or proxy of the machine's own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    for name in (MIRROR_VARIABLE, *PROXY_VARIABLES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """The four files, the largest first, of 120 kB."""
    folder = tmp_path_factory.mktemp("made") / "set"
    write_idx_folder(folder, n_train=200, n_test=40, side=24)
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_size, reverse=True)
    return {path.name: path.read_bytes() for path in files}


@pytest.fixture
def server(content):
    with Loopback(content) as server:
        yield server


@pytest.fixture
def made(server, content, monkeypatch):
    """Return a maker of catalogue entries, which also puts them into the catalogue."""

    def make(*behaviours, key=KEY, content=content, **others):
        mirrors = [name if "://" in name else server.url(name) for name in behaviours]
        entry = CatalogueEntry(
            key=key,
            label="Made up",
            summary="Noise.",
            licence="CC0",
            home="http://example.invalid/",
            n_train=200,
            n_test=40,
            class_names=("a", "b", "c"),
            files=tuple(remote(name, data) for name, data in content.items()),
            mirrors=tuple(mirrors),
        )
        entry = replace(entry, **others)
        monkeypatch.setitem(CATALOGUE, key, entry)
        return entry

    return make


def remote(name, data, members=()):
    return RemoteFile(name, len(data), hashlib.sha256(data).hexdigest(), members)


def run(entry, mirror="", patience=PATIENT):
    """Download and return what was told on the way."""
    return list(download(entry, mirror, patience=patience))


def failure(entry, mirror="", patience=PATIENT):
    with pytest.raises(DatasetError) as caught:
        run(entry, mirror, patience)
    return str(caught.value)


def assert_there(entry, content):
    folder = entry_folder(entry)
    assert available(entry)
    assert {name: (folder / name).read_bytes() for name in content} == content
    assert leftovers() == []


def leftovers():
    return [path.name for path in dataset_cache.sets_folder().rglob(".part-*")]


def let_all_end(server):
    """Let the server end its answers, and wait for whoever was left waiting for them."""
    server.ended.set()
    server.let_go.set()
    wait_for(lambda: not download_threads())


def download_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("download ")]


def wait_for(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def impatient_with_the_first(monkeypatch):
    """Let the mirror asked first alone be given up for its slowness: this machine may be slower."""
    original, first = downloads.Download.is_stalled, []

    def is_stalled(self, meter):
        if not first:
            first.append(meter)
        return meter is first[0] and original(self, meter)

    monkeypatch.setattr(downloads.Download, "is_stalled", is_stalled)


def unknown_host(monkeypatch, *hosts):
    """Make these names unknown, as a name server would."""
    original = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **options):
        if not hosts or host in hosts:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return original(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


WORKING = (
    *("good", "labelled", "chunked", "no-length", "slow"),
    *("moved", "moved-endlessly", "moved-in-chunks"),
)


@pytest.mark.parametrize("behaviour", WORKING)
def test_a_mirror_that_works(made, content, behaviour):
    entry = made(behaviour)
    assert not available(entry)
    told = run(entry)
    assert_there(entry, content)
    assert told[-1].failures == ()
    assert download_threads() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_class_can_share_a_cache(made):
    entry = made("good")
    run(entry)
    before = os.umask(0o027)
    os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in entry_folder(entry).iterdir()}
    assert modes == {0o666 & ~before}


def test_what_is_told_on_the_way(made, content, server, monkeypatch):
    monkeypatch.setattr(downloads, "SPEED_SECONDS", 600.0)  # the mean over all of it
    monkeypatch.setattr(downloads, "POLL_SECONDS", 0.005)
    entry = made("503", "slow")
    told, moments = [], []
    for state in download(entry, patience=PATIENT):
        told.append(state)
        moments.append(time.monotonic())
    elapsed = moments[-1] - moments[0]  # a busy machine may begin late
    total = sum(map(len, content.values()))
    host = f"127.0.0.1:{server.port}"
    assert all(state.total == total for state in told)
    assert all(0 <= state.done <= total for state in told)
    assert told[-1].done == total
    assert len({state.done for state in told}) > 10
    assert any(
        state.words == f"trying the next mirror, {host}; {host}: the server answered 503 "
        "Service Unavailable"
        for state in told
    )
    assert any(re.fullmatch(rf"downloading \S+\.gz from {host}", state.words) for state in told)
    assert told[-1].speed == pytest.approx(total / elapsed, rel=0.3)
    assert str(told[-1]).startswith(f"{sized(total)} of {sized(total)}, ")


def test_a_set_that_is_there_is_not_asked_for_again(made, content, server):
    entry = made("good")
    run(entry)
    n_asked = len(server.asked)
    assert n_asked == len(content)
    assert run(entry) == []
    assert len(server.asked) == n_asked


def test_only_what_is_missing_is_asked_for(made, content, server):
    entry = made("good")
    run(entry)
    name = entry.files[1].name
    (entry_folder(entry) / name).unlink()
    assert not available(entry)
    server.asked.clear()
    told = run(entry)
    assert server.asked == [f"/good/{name}"]
    assert told[0].done >= entry.n_bytes - entry.files[1].n_bytes
    assert_there(entry, content)


def test_a_proxy_of_the_environment_is_used(made, content, server, monkeypatch):
    entry = made("http://far-away.invalid/good/")
    unknown_host(monkeypatch, "far-away.invalid")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
    run(entry)
    assert_there(entry, content)
    assert f"http://far-away.invalid/good/{entry.files[0].name}" in server.asked


FAILURES = {
    "403": "the server answered 403 Forbidden",
    "404": "the server answered 404 Not Found",
    "503": "the server answered 503 Service Unavailable",
    "html": "it sent a web page instead of the file",
    "long-html": "it sent a web page instead of the file",
    "empty": "the file was cut short, after 0 of ",
    "wrong": "is not the published file (its SHA-256 hash differs)",
    "other": "it sent something that is no gzip file",
    "shorter": "bytes instead of ",
    "shorter-without-length": "the file was cut short, after ",
    "more": "it sends more than the ",
    "cut": "it broke the connection off after ",
    "reset": "it broke the connection off",
    "loop": "it redirects in a circle",
    "astray": "it redirects to something that is no web address",
    "silent": "nothing arrived for 0.5 s",
    "trickle": " arrived for 0.5 s",
    "trickling-headers": "nothing arrived for 0.5 s",
}


@pytest.mark.parametrize(("behaviour", "words"), FAILURES.items(), ids=FAILURES)
def test_after_a_failure_the_next_mirror_wins(made, content, server, monkeypatch, behaviour, words):
    impatient_with_the_first(monkeypatch)
    entry = made(behaviour, "good")
    told = run(entry, patience=IMPATIENT if "arrived for" in words else PATIENT)
    assert len(told[-1].failures) == 1, "the mirror that worked is asked first from then on"
    assert words in told[-1].failures[0]
    let_all_end(server)
    assert_there(entry, content)


def test_a_mirror_that_failed_is_hung_up_on(made, deaf):
    entry = made("more", f"http://127.0.0.1:{deaf.getsockname()[1]}/")
    with contextlib.closing(download(entry, patience=PATIENT)) as work:
        next(state for state in work if state.failures)
        wait_for(lambda: not any("process_request" in t.name for t in threading.enumerate()), 10)


def test_a_slow_mirror_is_followed_by_the_next(made, content, server, monkeypatch):
    impatient_with_the_first(monkeypatch)
    entry = made("half", "good")
    told = run(entry, patience=IMPATIENT)
    assert len(told[-1].failures) == 1
    let_all_end(server)
    assert_there(entry, content)


def test_a_wall_that_swallows_connections(made, content, deaf):
    entry = made(f"http://127.0.0.1:{deaf.getsockname()[1]}/", "good")
    told = run(entry, patience=replace(PATIENT, connect_seconds=0.2))
    assert_there(entry, content)
    assert told[-1].failures[0].endswith(": no connection within 0.2 s")


def test_a_closed_port(made, content):
    with closed_port() as port:
        entry = made(f"http://127.0.0.1:{port}/", "good")
        told = run(entry)
    assert_there(entry, content)
    assert told[-1].failures[0].endswith(": it refused the connection")


def test_an_unknown_host(made, content, monkeypatch):
    unknown_host(monkeypatch, "far-away.invalid")
    entry = made("https://far-away.invalid/", "good")
    told = run(entry)
    assert_there(entry, content)
    assert told[-1].failures == ("far-away.invalid: its name is unknown here",)


def test_no_route(made, content, monkeypatch):
    original = socket.socket.connect

    def connect(self, address):
        if address[1] == 9:
            raise OSError(101, "Network is unreachable")
        return original(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    told = run(made("http://127.0.0.1:9/", "good"))
    assert told[-1].failures == ("127.0.0.1:9: there is no route to it",)


def test_a_secure_connection_that_is_none(made, content, server):
    entry = made(f"https://127.0.0.1:{server.port}/good/", "good")
    told = run(entry)
    assert_there(entry, content)
    assert "the secure connection failed" in told[-1].failures[0]
    assert "REQUESTS_CA_BUNDLE" in told[-1].failures[0]


def test_a_proxy_that_is_dead(made, monkeypatch):
    with closed_port() as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        assert "the proxy that the system names did not let it through" in failure(made("good"))


def test_a_proxy_of_a_kind_that_cannot_be_used(made, monkeypatch):
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    assert "it cannot be asked: Missing dependencies for SOCKS" in failure(made("good"))


def test_a_name_server_that_never_answers(made, content, monkeypatch):
    original, let_go = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host, *arguments, **options):
        if host == "far-away.invalid":
            let_go.wait()
        return original("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    impatient_with_the_first(monkeypatch)
    entry = made("http://far-away.invalid/", "good")
    told = run(entry, patience=IMPATIENT)
    assert told[-1].failures == ("far-away.invalid: nothing arrived for 0.5 s",)
    assert available(entry)
    let_go.set()
    wait_for(lambda: not download_threads())
    assert leftovers() == []


@pytest.mark.parametrize(
    "address", ["http://a b/", "http://" + "x" * 70 + ".invalid/", "gopher://a/"]
)
def test_addresses_that_are_none(made, content, address):
    entry = made(address, "good")
    run(entry)
    assert_there(entry, content)


def test_no_password_is_told(made):
    assert "secret" not in failure(made("http://someone:secret@a b/"))


def test_when_all_fail_each_is_named_and_so_are_the_other_ways(made, server, content):
    with closed_port() as port:
        words = failure(made("404", f"http://someone:secret@127.0.0.1:{port}/", "html"))
    assert words.startswith("Made up could not be downloaded; of the mirrors asked, none helped (")
    assert f"127.0.0.1:{server.port}: the server answered 404 Not Found" in words
    assert f"127.0.0.1:{port}: it refused the connection" in words
    assert "it sent a web page" in words
    assert "secret" not in words
    for way in ("File > Open", "USB stick", MIRROR_VARIABLE, "data that ship with the program"):
        assert way in words
    assert "no network" not in words
    assert leftovers() == []


def test_no_network_at_all_is_said_plainly(made, monkeypatch, tmp_path):
    unknown_host(monkeypatch)
    entry = made("http://far-away.invalid/", "https://elsewhere.invalid/")
    assert failure(entry).startswith("There seems to be no network: Made up could not be")
    assert failure(entry, str(tmp_path / "no-stick")).startswith("There seems to be no network")


def test_a_stalled_download_tells_so_ten_times_a_second(made, server, monkeypatch):
    monkeypatch.setattr(downloads, "SPEED_SECONDS", 0.5)
    entry = made("half")
    half = entry.files[0].n_bytes // 2
    work = download(entry, patience=PATIENT)
    assert any(state.done == half for state in work)
    times = []
    for state in work:
        times.append(time.monotonic())
        assert state.done == half
        if len(times) > 20 and state.speed == 0.0:
            break
    work.close()
    assert np.median(np.diff(times)) < 0.1
    let_all_end(server)


@pytest.fixture
def mute():
    """A server that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def deaf(mute):
    """A server that lets nobody connect any more: those who may wait in its queue are too many."""
    mute.listen(0)
    with contextlib.ExitStack() as waiting:
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect(mute.getsockname())
        yield mute


MOMENTS = {
    "before the first byte": ("silent", lambda _, server: server.asked),
    "in the headers": ("trickling-headers", lambda _, server: server.asked),
    "at a byte a second": ("trickle", lambda state, _: state.done > 5),
    "in the middle": ("half", lambda state, _: state.done > 1000),
    "at the last byte": ("all-but-one", lambda state, _: state.done > 1000),
    "while connecting": ("deaf", lambda state, _: not state.done),
    "in the second file": ("second", lambda state, _: state.failures),
}


@pytest.mark.parametrize(("behaviour", "reached"), MOMENTS.values(), ids=MOMENTS)
def test_cancel_at_any_moment(made, content, server, request, behaviour, reached):
    other = request.getfixturevalue("deaf" if behaviour == "deaf" else "mute")
    elsewhere = f"http://127.0.0.1:{other.getsockname()[1]}/"
    if behaviour == "second":
        entry = made("good", elsewhere)
        del server.files[entry.files[1].name]
    else:
        entry = made(elsewhere if behaviour == "deaf" else behaviour)
    work = download(entry, patience=PATIENT)
    for state in work:
        if reached(state, server):
            break
    _close_at_once(work)
    assert not available(entry)
    _assert_nothing_half(entry, content)
    other.close()
    let_all_end(server)
    assert leftovers() == []
    _assert_nothing_half(entry, content)
    server.files = content
    run(replace(entry, mirrors=(server.url("good"),)))
    assert_there(entry, content)


def _close_at_once(work):
    started = time.monotonic()
    work.close()
    assert time.monotonic() - started < 10.0  # what blocks does so for a minute, or for ever


def _assert_nothing_half(entry, content):
    found = [path for path in entry_folder(entry).glob("*") if path.name in content]
    assert all(path.read_bytes() == content[path.name] for path in found)


@pytest.mark.parametrize("n_states", range(0, 15, 3))
def test_cancel_after_so_many_looks(made, content, n_states):
    entry = made("slow")
    work = download(entry, patience=PATIENT)
    for _ in range(n_states):
        if next(work, None) is None:
            break
    _close_at_once(work)
    wait_for(lambda: not download_threads())
    assert leftovers() == []
    _assert_nothing_half(entry, content)


def test_cancel_while_connecting(made, monkeypatch):
    let_go = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: let_go.wait() and [])
    entry = made("good")
    work = download(entry, patience=PATIENT)
    next(work)
    _close_at_once(work)
    let_go.set()
    wait_for(lambda: not download_threads())
    assert not available(entry)
    assert leftovers() == []


def test_cancel_while_a_complete_file_is_checked(made, monkeypatch):
    """The last moment: nothing moves into place once the generator is closed."""
    reached, let_go = threading.Event(), threading.Event()
    original = pooch.core.hash_matches

    def held(*arguments, **options):
        reached.set()
        let_go.wait()
        return original(*arguments, **options)

    monkeypatch.setattr(pooch.core, "hash_matches", held)
    entry = made("good")
    work = download(entry, patience=PATIENT)
    for state in work:
        assert isinstance(state, DownloadProgress)
        if reached.is_set() and state.words.startswith("checking"):
            break
    _close_at_once(work)
    let_go.set()
    wait_for(lambda: not download_threads())
    assert [path.name for path in entry_folder(entry).iterdir()] == []


def test_checking_a_file_is_no_stall(made, content, monkeypatch):
    original, checking = pooch.core.hash_matches, threading.Event()

    def slow(*arguments, **options):
        checking.set()
        time.sleep(5 * downloads.POLL_SECONDS)
        matches = original(*arguments, **options)
        checking.clear()
        return matches

    monkeypatch.setattr(pooch.core, "hash_matches", slow)
    monkeypatch.setattr(downloads.Download, "is_stalled", lambda *_: checking.is_set())
    entry = made("good", content=dict(list(content.items())[:1]))
    told = run(entry)
    assert told[-1].failures == ()
    assert sum(state.words.startswith("checking") for state in told) > 1


CHILD = """
import sys
from core.sources.catalogue.entries import CatalogueEntry, RemoteFile
from core.sources.catalogue.downloads import download
from core.errors import DatasetError
files = tuple(RemoteFile(*fields) for fields in {files!r})
entry = CatalogueEntry("made-up", "Made up", "", "", "", 1, 1, ("a", "b"), files, ({mirror!r},))
{before}
try:
    for state in download(entry):
        print(state.done, flush=True)
except DatasetError as error:
    print("DatasetError:", error)
else:
    print("complete")
"""


@pytest.fixture
def child(tmp_path):
    """Return a maker of processes that download an entry; none outlives the test."""
    made = []

    def start(entry, before=""):
        files = [(file.name, file.n_bytes, file.sha256) for file in entry.files]
        code = CHILD.format(files=files, mirror=entry.mirrors[0], before=before)
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        made.append(process)
        return process

    yield start
    for process in made:
        process.kill()
        process.communicate()


def wait_for_bytes(process):
    for line in process.stdout:
        if int(line) > 0:
            return
    pytest.fail("the process ended before any byte came")


def age(entry):
    """Make leftovers as old as those that no program can be writing any more."""
    past = time.time() - 1.1 * dataset_cache.ABANDONED_SECONDS
    for part in entry_folder(entry).glob(".part-*"):
        for path in (*part.iterdir(), part):
            os.utime(path, (past, past))


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_after_a_kill_the_next_start_is_clean(made, content, server, child):
    entry = made("half")
    process = child(entry)
    wait_for_bytes(process)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not available(entry)
    clean_leftovers()
    assert len(leftovers()) == 1, "for all that can be told another program is writing it"
    age(entry)
    clean_leftovers()
    assert leftovers() == []
    entry = replace(entry, mirrors=(server.url("good"),))
    run(entry)
    assert_there(entry, content)


def test_a_download_also_cleans_up(made, content):
    entry = made("good")
    abandoned = entry_folder(entry) / ".part-abandoned"
    abandoned.mkdir(parents=True)
    (abandoned / "tmpx").write_bytes(b"half")
    age(entry)
    run(entry)
    assert_there(entry, content)


@pytest.mark.long
def test_another_instance_is_not_disturbed(made, content, server, child):
    entry = made("half")
    process = child(entry)
    wait_for_bytes(process)
    clean_leftovers()
    assert len(leftovers()) == 1, "it is in use"
    run(replace(entry, mirrors=(server.url("good"),)))
    assert len(leftovers()) == 1
    assert available(entry)
    server.let_go.set()
    rest = process.communicate(timeout=120)[0]
    assert rest.split()[-1] == "complete"
    assert dataset_cache.verify(entry) == {}
    assert_there(entry, content)


@pytest.mark.long
def test_two_at_once(made, content, child):
    entry = made("slow")
    processes = [child(entry), child(entry)]
    ends = [process.communicate(timeout=120)[0].split()[-1] for process in processes]
    assert ends == ["complete", "complete"]
    assert dataset_cache.verify(entry) == {}
    assert_there(entry, content)


@pytest.mark.long
def test_a_program_that_ends_in_the_middle_leaves_nothing(made, child):
    before = (
        "from itertools import takewhile\n"
        "whole = download\n"
        "download = lambda entry: takewhile(lambda state: not state.done, whole(entry))"
    )
    process = child(made("half"), before=before)
    assert process.communicate(timeout=120)[0].split()[-1] == "complete"
    assert process.returncode == 0
    assert leftovers() == []


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_is_full(made, content, child):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))"
    told = child(made("good", "good"), before=limit).communicate(timeout=120)[0]
    message = told[told.index("DatasetError") :]
    assert "Made up cannot be kept there: File too large" in message
    assert "free space on that disk" in message
    assert CACHE_VARIABLE in message
    assert leftovers() == []


def test_too_little_space_is_told_before(made, server, monkeypatch):
    entry = made("good")
    usage = type("Usage", (), {"free": entry.n_bytes - 1})
    monkeypatch.setattr("core.sources.catalogue.downloads.shutil.disk_usage", lambda _: usage)
    words = failure(entry)
    needed, free = sized(entry.n_bytes, UP), sized(entry.n_bytes - 1, DOWN)
    assert f"needs {needed}, but only {free} are free; free some, or name another" in words
    assert needed != free
    assert server.asked == []


def test_a_cache_that_cannot_be_written(made, server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    entry = made("good")
    assert not available(entry)
    words = failure(entry)
    assert "cannot be kept there: " in words
    assert CACHE_VARIABLE in words
    assert server.asked == []


def test_what_was_written_lately_is_not_cleaned_up(made):
    part = entry_folder(made("good")) / ".part-x"
    part.mkdir(parents=True)
    (part / "tmpx").write_bytes(b"half")
    os.utime(part, (1e9, 1e9))
    clean_leftovers()
    assert leftovers() == [".part-x"]


def write_files(folder, content):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_arguments, **_options):
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.mark.parametrize("below", ["", KEY], ids=["flat", "a folder for each set"])
@pytest.mark.parametrize("form", ["path", "address", "environment"])
def test_a_folder_is_a_mirror(made, content, tmp_path, monkeypatch, no_network, below, form):
    folder = tmp_path / "USB stick é"
    write_files(folder / below, content)
    entry = made("http://far-away.invalid/")
    text = folder.as_uri() if form == "address" else str(folder)
    if form == "environment":
        monkeypatch.setenv(MIRROR_VARIABLE, text)
        text = ""
    told = run(entry, text)
    assert_there(entry, content)
    assert any(str(folder) in state.words for state in told)
    assert told[-1].failures == ()


def test_a_machine_in_the_room_is_a_mirror(made, content, server):
    entry = made("404")
    run(entry, server.url("only-keyed"))
    assert_there(entry, content)
    assert server.asked == [f"/only-keyed/{KEY}/{name}" for name in content]


def test_the_given_mirror_comes_first_then_the_environment(made, content, server, monkeypatch):
    monkeypatch.setenv(MIRROR_VARIABLE, server.url("403"))
    told = run(made("good"), server.url("503"))
    assert [words.split(" answered ")[1] for words in told[-1].failures] == [
        "503 Service Unavailable",
        "403 Forbidden",
    ]


def test_the_hash_tells_sets_of_the_same_names_apart(made, content, tmp_path, no_network):
    other = {name: gzip.compress(b"other" + data) for name, data in content.items()}
    folder = write_files(tmp_path / "stick", content)
    write_files(folder / "second", other)
    for key, files in ((KEY, content), ("second", other)):
        entry = made(key=key, content=files)
        run(entry, str(folder))
        assert_there(entry, files)


BAD_FOLDERS = {
    "no such folder": (lambda folder, _: None, "there is no such folder"),
    "nothing in it": (lambda folder, _: folder.mkdir(), "it has no made-up"),
    "other bytes": (
        lambda folder, content: write_files(
            folder, {name: data[:-1] + b"?" for name, data in content.items()}
        ),
        "is not the published file",
    ),
    "another size": (
        lambda folder, content: write_files(
            folder / KEY, {name: data + b"?" for name, data in content.items()}
        ),
        " bytes instead of ",
    ),
    "folders of these names": (
        lambda folder, content: [(folder / name).mkdir(parents=True) for name in content],
        "is no file",
    ),
    "web pages": (
        lambda folder, content: write_files(
            folder, {name: b"<html>".ljust(len(data)) for name, data in content.items()}
        ),
        "it sent a web page",
    ),
}


@pytest.mark.parametrize(("prepare", "words"), BAD_FOLDERS.values(), ids=BAD_FOLDERS)
def test_after_a_bad_folder_the_next_mirror_wins(made, content, tmp_path, prepare, words):
    folder = tmp_path / "stick"
    prepare(folder, content)
    entry = made("good")
    told = run(entry, str(folder))
    assert_there(entry, content)
    assert told[-1].failures[0].startswith(f"{folder}: ")
    assert words in told[-1].failures[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_in_a_folder_is_not_read_for_ever(made, content, tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    for name in content:
        os.mkfifo(folder / name)
    told = run(made("good"), str(folder))
    assert "is no file" in told[-1].failures[0]


@pytest.mark.parametrize("text", ["ftp://x/y", "http://", "~nobody-of-that-name/x", "http://[::1"])
def test_a_mirror_that_makes_no_sense(made, text):
    words = failure(made("good"), text)
    assert words.startswith(f"mirror {text}: ")
    assert "expected a folder's path, or file://, http:// or https://" in words


@pytest.mark.parametrize(
    "text", ["no\0folder", "x" * 5000, "x/" * 3000], ids=["NUL", "long", "deep"]
)
def test_a_path_that_can_be_none_is_a_folder_that_is_not_there(made, text, no_network):
    entry = made("http://far-away.invalid/")
    assert copy_in_folders(entry, given_mirrors(text)) is None
    with pytest.raises(NotDownloaded):
        open_dataset(KEY, mirror=text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows makes no link without a privilege")
def test_a_loop_of_links_is_a_folder_that_is_not_there(made, tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert copy_in_folders(made("good"), given_mirrors(str(tmp_path / "loop"))) is None


@pytest.mark.parametrize("method", ["is_file", "resolve"])
def test_a_locked_stick_is_a_folder_that_is_not_there(made, content, tmp_path, monkeypatch, method):
    entry = made("good")
    write_files(tmp_path / "stick" / KEY, content)
    mirrors = given_mirrors(str(tmp_path / "stick"))
    assert copy_in_folders(entry, mirrors) == tmp_path / "stick" / KEY

    def locked(path, *_arguments, **_options):  # root, who runs the tests of CI, may read anything
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, method, locked)
    assert copy_in_folders(entry, mirrors) is None


@pytest.fixture
def cached(made):
    entry = made("good")
    run(entry)
    return entry


def test_what_is_cached_opens_without_a_network(cached, no_network):
    dataset = open_dataset(KEY)
    assert dataset.name == "Made up"
    assert dataset.source == "CC0, from http://example.invalid/"
    assert dataset.class_names == ("a", "b", "c")
    assert (dataset.train.n_samples, dataset.test.n_samples) == (200, 40)


def test_a_file_that_was_only_touched_is_kept(cached, content):
    os.utime(entry_folder(cached) / cached.files[0].name, (1e9, 1e9))
    assert dataset_cache.verify(cached) == {}
    assert_there(cached, content)


TAMPERED = {
    "a bit": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "cut": lambda data: data[: len(data) // 2],
    "longer": lambda data: data + b"x",
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
def test_a_changed_file_is_thrown_away(cached, content, change):
    path = entry_folder(cached) / cached.files[0].name
    path.write_bytes(change(content[path.name]))
    with pytest.raises(NotDownloaded) as caught:
        open_dataset(KEY)
    assert f"{path} is not what was downloaded, and was removed" in str(caught.value)
    assert not path.exists()
    assert not available(cached)
    run(cached)
    assert_there(cached, content)


def test_what_is_not_there_is_told_with_the_ways_to_get_it(made, no_network):
    made("good")
    with pytest.raises(NotDownloaded) as caught:
        open_dataset(KEY)
    assert caught.value.key == KEY
    for words in (
        "not on this machine yet",
        "list of data above",
        f"--dataset {KEY}",
        "File > Open",
    ):
        assert words in str(caught.value)


def test_a_folder_serves_when_opening(made, content, tmp_path, no_network, monkeypatch):
    entry = made("http://far-away.invalid/")
    folder = write_files(tmp_path / "stick", content)
    monkeypatch.setenv(MIRROR_VARIABLE, str(folder))
    assert open_dataset(KEY).source == entry.source
    assert_there(entry, content)


def test_an_unpublished_copy_opens_where_it_lies(made, content, tmp_path, no_network):
    entry = made("http://far-away.invalid/", n_train=1000)
    plain = {name.removesuffix(".gz"): gzip.decompress(data) for name, data in content.items()}
    write_files(tmp_path / "stick" / KEY, plain)
    dataset = open_dataset(KEY, mirror=str(tmp_path / "stick"))
    assert dataset.name == "Made up"
    assert dataset.source == f"{entry.source}; a copy in {tmp_path / 'stick' / KEY}"
    assert "were not checked against the published ones" in dataset.notes[-1]
    assert "200 + 40 images; the published set has 1,000 + 40" in dataset.notes[-1]
    assert not available(entry)


def test_an_unpublished_copy_that_names_no_set_is_not_taken_for_one(
    made, content, tmp_path, no_network
):
    made("http://far-away.invalid/")
    folder = write_files(tmp_path / "stick", {name: content[name] + b"x" for name in content})
    with pytest.raises(NotDownloaded, match="bytes instead of"):
        open_dataset(KEY, mirror=str(folder))


def test_a_label_that_the_set_cannot_have(made, content):
    entry = made("good", class_names=("a", "b"))
    run(entry)
    with pytest.raises(DatasetError, match="label 2 is none of Made up, whose labels are 0 to 1"):
        open_dataset(KEY)


def test_a_report_downloads_by_itself(made, content, tmp_path):
    entry = made("503", "slow")
    told = []
    arguments = parse_arguments(["--dataset", KEY, "--epochs", "2", "--attack-steps", "3"])
    summary = write_report(
        arguments, tmp_path / "report", progress=lambda what, share: told.append((what, share))
    )
    assert summary["dataset"]["name"] == "Made up"
    downloading = [share for what, share in told if what.startswith("downloading Made up, ")]
    assert len(downloading) > 1
    assert max(downloading) <= 0.05
    assert_there(entry, content)


@pytest.fixture
def archive_sets():
    """Two sets as EMNIST has them: transposed, the letters' labels from 1."""
    rng = np.random.default_rng(5)
    found = {}
    for key, first in (("emnist-one", 0), ("emnist-two", 1)):
        for part, n in (("train", 30), ("test", 12)):
            images = rng.integers(256, size=(n, 6, 6), dtype=np.uint8)
            labels = (np.arange(n) % 3 + first).astype(np.uint8)
            found[key, part] = images, labels
    return found


def pack(sets, leave_out=""):
    stream = io.BytesIO()
    names = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gzip/readme.txt", "not needed")
        archive.writestr("../escape.gz", "not asked for either")
        for (key, part), arrays in sets.items():
            for kind, array in zip(("images-idx3", "labels-idx1"), arrays, strict=True):
                name = f"{key}-{part}-{kind}-ubyte.gz"
                names.append((key, name))
                if name != leave_out:
                    archive.writestr(f"gzip/{name}", gzip.compress(idx_bytes(array)))
    members = tuple(Member(f"gzip/{name}", key, name) for key, name in names)
    return stream.getvalue(), members


@pytest.fixture
def two_entries(made, archive_sets):
    data, members = pack(archive_sets)
    files = (remote("gzip.zip", data, members),)
    one = made("good", key="emnist-one", files=files)
    two = made("good", key="emnist-two", files=files, first_label=1)
    return data, one, two


def test_one_archive_serves_two_sets(two_entries, server, archive_sets, tmp_path):
    data, one, two = two_entries
    server.files["gzip.zip"] = data
    told = run(two)
    assert server.asked == ["/good/gzip.zip"]
    assert told[-1].done == len(data)
    assert available(one)
    assert available(two)
    assert run(one) == []
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(files) == 2 * (4 + 4), "four files and their hashes each; the archive is not kept"
    assert not list(tmp_path.rglob("escape.gz"))
    for key in ("emnist-one", "emnist-two"):
        dataset = open_dataset(key)
        assert dataset.class_names == ("a", "b", "c")
        images, labels = archive_sets[key, "train"]
        upright = images.transpose(0, 2, 1).reshape(len(images), -1)
        np.testing.assert_allclose(dataset.train.images, upright / 255, rtol=2e-7)
        np.testing.assert_array_equal(dataset.train.labels, labels - labels.min())


def test_a_changed_member_of_an_archive_is_thrown_away(two_entries, server):
    server.files["gzip.zip"], one, two = two_entries
    run(one)
    path = entry_folder(one) / one.cached_names[0]
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(NotDownloaded, match="is not what was downloaded"):
        open_dataset(one.key)
    assert available(two)
    run(one)
    assert open_dataset(one.key).train.n_samples == 30


NOTES = {"missing": None, "empty": b"", "no text": b"\xff{", "another": b"0" * 64}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_a_member_without_its_hash_is_not_trusted(two_entries, server, note):
    server.files["gzip.zip"], one, _ = two_entries
    run(one)
    path = entry_folder(one) / f".{one.cached_names[0]}.sha256"
    path.unlink()
    if note is not None:
        path.write_bytes(note)
    with pytest.raises(NotDownloaded):
        open_dataset(one.key)
    assert not available(one)
    run(one)
    assert open_dataset(one.key).train.n_samples == 30


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["{}", ".{}.sha256"], ids=["file", "hash"])
def test_a_pipe_in_the_cache_holds_nobody_up_and_is_told_of(two_entries, server, name):
    server.files["gzip.zip"], one, _ = two_entries
    run(one)
    path = entry_folder(one) / name.format(one.cached_names[0])
    path.unlink()
    os.mkfifo(path)
    assert not available(one)
    with pytest.raises(NotDownloaded, match="is no file, but a pipe or a folder"):
        open_dataset(one.key)
    run(one)  # puts the file in its place
    assert open_dataset(one.key).train.n_samples == 30


def test_cancel_while_unpacking(two_entries, server, monkeypatch):
    server.files["gzip.zip"], one, two = two_entries
    reached, let_go = threading.Event(), threading.Event()
    original = zipfile.ZipFile.open

    def held(self, *arguments, **options):
        reached.set()
        let_go.wait()
        return original(self, *arguments, **options)

    monkeypatch.setattr(zipfile.ZipFile, "open", held)
    work = download(one, patience=PATIENT)
    for state in work:
        if reached.is_set() and state.words == "unpacking gzip.zip":
            break
    _close_at_once(work)
    let_go.set()
    wait_for(lambda: not download_threads())
    assert not available(one)
    assert not available(two)
    assert leftovers() == []
    assert not entry_folder(one).joinpath(one.cached_names[0]).exists()


def test_an_archive_that_lacks_a_file(made, archive_sets, server):
    data, members = pack(archive_sets, leave_out="emnist-two-test-labels-idx1-ubyte.gz")
    entry = made("good", key="emnist-one", files=(remote("gzip.zip", data, members),))
    server.files["gzip.zip"] = data
    words = failure(entry)
    assert "gzip.zip cannot be unpacked" in words
    assert "emnist-two-test-labels" in words


def test_an_archive_that_is_none(made, archive_sets, server):
    _, members = pack(archive_sets)
    data = b"PK\x03\x04" + b"x" * 5000
    entry = made("good", key="emnist-one", files=(remote("gzip.zip", data, members),))
    server.files["gzip.zip"] = data
    assert "gzip.zip cannot be unpacked" in failure(entry)


def test_a_member_may_not_be_larger_than_a_file(two_entries, server, monkeypatch):
    server.files["gzip.zip"], one, _ = two_entries
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 100)
    assert "more than the 100 bytes accepted" in failure(one)


def test_an_unexpected_error_is_not_swallowed(made, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(transfer.Transfer, "write", broken)
    with pytest.raises(ZeroDivisionError, match="a mistake of ours"):
        run(made("good"))
    assert leftovers() == []


def test_nothing_is_printed(made, capfd):
    with contextlib.suppress(DatasetError):
        run(made("wrong", "cut", "404"))
    run(made("good"))
    assert capfd.readouterr() == ("", "")


def test_a_start_that_downloads_nothing_imports_no_network():
    code = (
        "import sys, core.sources.catalogue.opening\n"
        "sys.exit(bool({'pooch', 'requests', 'urllib3', 'http', 'ssl'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0

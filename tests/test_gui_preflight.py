from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from core_samples import REPOSITORY

from gui.preflight import (
    OFFSCREEN_LIBRARIES,
    WAYLAND_LIBRARIES,
    WINDOW_LIBRARIES,
    missing_requirements,
    wayland_problem,
    x11_problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCREEN = {"DISPLAY": ":0"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
NEEDS = [
    (SCREEN, OFFSCREEN_LIBRARIES | WINDOW_LIBRARIES),
    (WAYLAND | {"QT_QPA_PLATFORM": "wayland"}, OFFSCREEN_LIBRARIES | WAYLAND_LIBRARIES),
    (OFFSCREEN, OFFSCREEN_LIBRARIES),
]
HIDDEN = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM")
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there it asks")


def everything(_: str) -> bool:
    return True


def nothing(_: str) -> bool:
    return False


def packages_in(message: str) -> set[str]:
    """Return what the message tells to install."""
    (line,) = [line for line in message.splitlines() if "apt-get install" in line]
    return set(line.split("apt-get install -y ")[1].split())


def welcome(_: str) -> None:
    """Stand for a display that lets everybody in."""


def silent(display: str) -> str:
    return f"{display} is silent"


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str | None]:
    """Return what looks at a machine of these variables, libraries and displays."""

    def look(
        environment: dict[str, str],
        can_load: Callable[[str], bool] = everything,
        x11: Callable[[str], str | None] = welcome,
        wayland: Callable[[str], str | None] = welcome,
        platform: str = "linux",
    ) -> str | None:
        for name in HIDDEN:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.platform", platform)
        monkeypatch.setattr("gui.preflight._can_load", can_load)
        monkeypatch.setattr("gui.preflight.x11_problem", x11)
        monkeypatch.setattr("gui.preflight.wayland_problem", wayland)
        return missing_requirements()

    return look


@pytest.mark.parametrize("environment", [SCREEN, WAYLAND, OFFSCREEN])
def test_a_complete_machine_needs_nothing(
    looked: Callable[..., str | None], environment: dict[str, str]
) -> None:
    assert looked(environment) is None


@pytest.mark.parametrize(
    ("environment", "library", "package"),
    [(environment, *item) for environment, needed in NEEDS for item in needed.items()],
)
def test_one_missing_library_names_exactly_its_package(
    looked: Callable[..., str | None], environment: dict[str, str], library: str, package: str
) -> None:
    message = looked(environment, lambda name: name != library)
    assert message is not None
    assert packages_in(message) == {package}
    assert library in message
    assert "--report" in message


@pytest.mark.parametrize(("environment", "needed"), NEEDS)
def test_a_bare_machine_is_told_all_packages(
    looked: Callable[..., str | None], environment: dict[str, str], needed: dict[str, str]
) -> None:
    message = looked(environment, nothing)
    assert message is not None
    assert packages_in(message) == set(needed.values())
    assert looked(environment, needed.__contains__) is None


def test_readme_names_every_package() -> None:
    words = (REPOSITORY / "README.md").read_text(encoding="utf-8").split()
    assert set((OFFSCREEN_LIBRARIES | WINDOW_LIBRARIES).values()) <= set(words)


@pytest.mark.parametrize("platform", ["minimal", "vnc:size=100x100", "eglfs", "offscreen:a=b"])
def test_what_needs_no_display_is_left_to_qt(
    looked: Callable[..., str | None], platform: str
) -> None:
    assert looked({"QT_QPA_PLATFORM": platform}, OFFSCREEN_LIBRARIES.__contains__) is None


@pytest.mark.parametrize(
    "environment", [{}, {"DISPLAY": ""}, {"QT_QPA_PLATFORM": "xcb"}, {"WAYLAND_DISPLAY": ""}]
)
def test_no_display_is_told_with_what_to_do(
    looked: Callable[..., str | None], environment: dict[str, str]
) -> None:
    message = looked(environment)
    assert message is not None
    assert "no display" in message
    assert "xvfb-run" in message
    assert "--report" in message


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        (SCREEN, [":0"]),
        (SCREEN | WAYLAND, ["wayland-0", ":0"]),  # Qt falls back on X11
        (SCREEN | WAYLAND | {"QT_QPA_PLATFORM": "xcb"}, [":0"]),
        (SCREEN | WAYLAND | {"QT_QPA_PLATFORM": "xcb;wayland"}, [":0", "wayland-0"]),
        (SCREEN | {"XDG_SESSION_TYPE": "wayland"}, ["wayland-0", ":0"]),
        (SCREEN | {"QT_QPA_PLATFORM": "wayland-egl"}, ["wayland-0"]),
        (SCREEN | {"QT_QPA_PLATFORM": "XCB"}, [":0"]),
    ],
)
def test_displays_are_asked_in_the_order_of_qt(
    looked: Callable[..., str | None], environment: dict[str, str], asked: list[str]
) -> None:
    message = looked(environment, x11=silent, wayland=silent)
    assert message is not None
    assert [line.split()[0] for line in message.splitlines() if "silent" in line] == asked
    for last_answers in asked:
        answers = {last_answers: None}
        assert looked(environment, x11=answers.get, wayland=answers.get) is None


def test_an_open_wayland_socket_is_left_alone(looked: Callable[..., str | None]) -> None:
    environment = {"QT_QPA_PLATFORM": "wayland", "WAYLAND_SOCKET": "7"}
    assert looked(environment, wayland=silent) is None


@pytest.fixture
def x_server() -> Iterator[Callable[[bytes], str]]:
    """Return what starts an X server that gives every client one answer, and names its display."""
    listening = []

    def serve(server: socket.socket, answer: bytes) -> None:
        clients = []
        while True:
            try:
                clients.append(server.accept()[0])
            except OSError:  # shut down
                break
            if answer:
                clients[-1].recv(1000)
                clients[-1].sendall(answer)
        for client in clients:
            client.close()

    def start(answer: bytes) -> str:
        for number in range(50, 500):
            try:
                server = socket.create_server(("127.0.0.1", 6000 + number))
            except OSError:  # taken
                continue
            thread = threading.Thread(target=serve, args=(server, answer))
            thread.start()
            listening.append((server, thread))
            return f"127.0.0.1:{number}"
        pytest.fail("every port of an X server is taken")

    yield start
    for server, thread in listening:
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        server.close()


WELCOME = struct.pack(
    *("=BBHHHIIIIHHBBBBBBBB4x40x", 1, 0, 11, 0, (32 + 40) // 4, 0, 0, 1, 0),
    *(0, 65535, 1, 0, 0, 0, 32, 32, 8, 255),  # 1: the number of screens, of 40 bytes each
)
REFUSAL = b"No protocol specified\n"
REFUSED = bytes([0, len(REFUSAL), 11, 0, 0, 0, (len(REFUSAL) + 3) // 4, 0]) + REFUSAL.ljust(24)


@on_linux
@pytest.mark.parametrize(
    "display",
    [
        *(":4711", "127.0.0.1:4711", "no.such.host.invalid:0"),
        *(f":{'9' * 200}", f"{'a' * 300}:0"),  # longer than a socket's or a machine's name can be
        os.fsdecode(b"\xff:0"),
    ],
)
def test_a_display_that_is_not_there_does_not_answer(display: str) -> None:
    problem = x11_problem(display)
    assert problem is not None
    assert f"{display} does not answer" in problem
    assert "no X server is there" in problem


@on_linux
def test_the_socket_of_a_dead_server_is_no_display(tmp_path: Path) -> None:
    dead = tmp_path / os.fsdecode(b"wayland-\xff")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(dead))
    assert dead.exists()
    problem = wayland_problem(str(dead))
    assert problem is not None
    assert f"{dead} does not answer" in problem


@on_linux
def test_a_compositor_that_listens_is_a_display(tmp_path: Path) -> None:
    file = tmp_path / "wayland-1"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(file))
        server.listen()
        assert wayland_problem(str(file)) is None


@on_linux
def test_a_display_that_answers_is_one(x_server: Callable[[bytes], str]) -> None:
    display = x_server(WELCOME)
    assert x11_problem(display) is None
    assert x11_problem(f"{display}.0") is None


@on_linux
def test_a_screen_that_the_display_does_not_have_is_told(x_server: Callable[[bytes], str]) -> None:
    problem = x11_problem(f"{x_server(WELCOME)}.1")
    assert problem is not None
    assert "names no screen" in problem


@on_linux
def test_a_display_that_refuses_says_who_may(
    x_server: Callable[[bytes], str], capfd: pytest.CaptureFixture[str]
) -> None:
    problem = x11_problem(x_server(REFUSED))
    assert problem is not None
    assert "does not let this user in" in problem
    assert "xhost" in problem
    assert "No protocol specified" in capfd.readouterr().err  # libxcb passes the reason on


@on_linux
def test_a_server_that_hangs_is_not_waited_for(
    x_server: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.preflight.ANSWER_SECONDS", 0.2)
    problem = x11_problem(x_server(b""))
    assert problem is not None
    assert "has said nothing for 0.2 s" in problem


@on_linux
def test_a_display_that_is_none_is_told() -> None:
    problem = x11_problem("screen")
    assert problem is not None
    assert "'screen'" in problem
    assert ":0" in problem


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_bring_everything(looked: Callable[..., str | None], platform: str) -> None:
    assert looked({}, nothing, platform=platform) is None


def test_it_looks_at_this_machine_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert missing_requirements() is None  # these tests would not run otherwise


@on_linux
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "no display"),
        ({"DISPLAY": ":4711"}, ":4711 does not answer"),
        ({"QT_QPA_PLATFORM": "wayland", "WAYLAND_DISPLAY": "none"}, "none does not answer"),
    ],
)
def test_without_a_display_the_program_ends_with_a_message(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    environment |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)} | given
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "main.py")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    # Which of the two it is depends on what is installed here; both say what to type.
    assert words in done.stderr or "apt-get install" in done.stderr
    assert "uv run main.py --report" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_looking_ahead_does_not_import_qt() -> None:
    code = "import sys, gui.preflight; sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, timeout=120, check=False)
    assert done.returncode == 0

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from core_samples import REPOSITORY

from gui.preflight import OFFSCREEN_LIBRARIES, WINDOW_LIBRARIES, missing_requirements

if TYPE_CHECKING:
    from pathlib import Path

ALL = {**OFFSCREEN_LIBRARIES, **WINDOW_LIBRARIES}
SCREEN = {"DISPLAY": ":0"}


def everything(_: str) -> bool:
    return True


def nothing(_: str) -> bool:
    return False


def packages_in(message: str) -> set[str]:
    """Return what the message tells to install."""
    (line,) = [line for line in message.splitlines() if "apt-get install" in line]
    return set(line.split("apt-get install -y ")[1].split())


def test_a_complete_machine_needs_nothing() -> None:
    assert missing_requirements(SCREEN, everything, "linux") is None
    assert missing_requirements({"WAYLAND_DISPLAY": "wayland-0"}, everything, "linux") is None
    assert missing_requirements({"QT_QPA_PLATFORM": "offscreen"}, everything, "linux") is None


@pytest.mark.parametrize("library", list(ALL))
def test_one_missing_library_names_exactly_its_package(library: str) -> None:
    message = missing_requirements(SCREEN, lambda name: name != library, "linux")
    assert message is not None
    assert packages_in(message) == {ALL[library]}
    assert library in message
    assert "--report" in message


def test_a_bare_machine_is_told_all_nine_packages() -> None:
    message = missing_requirements(SCREEN, nothing, "linux")
    assert message is not None
    assert packages_in(message) == {
        *("libegl1", "libgl1", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4"),
        *("libxcb-keysyms1", "libxcb-image0", "libxcb-render-util0", "libxcb-xinerama0"),
    }


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "offscreen:size=100x100"])
def test_offscreen_needs_only_two(platform: str) -> None:
    message = missing_requirements({"QT_QPA_PLATFORM": platform}, nothing, "linux")
    assert message is not None
    assert packages_in(message) == {"libegl1", "libgl1"}
    have_two = set(OFFSCREEN_LIBRARIES)
    assert (
        missing_requirements({"QT_QPA_PLATFORM": platform}, have_two.__contains__, "linux") is None
    )


@pytest.mark.parametrize(
    "environment", [{}, {"DISPLAY": ""}, {"QT_QPA_PLATFORM": "xcb"}, {"WAYLAND_DISPLAY": ""}]
)
def test_no_display_is_told_with_what_to_do(environment: dict[str, str]) -> None:
    message = missing_requirements(environment, everything, "linux")
    assert message is not None
    assert "no display" in message
    assert "xvfb-run" in message
    assert "--report" in message


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_bring_everything(platform: str) -> None:
    assert missing_requirements({}, nothing, platform) is None


def test_it_looks_at_this_machine_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert missing_requirements() is None  # these tests would not run otherwise


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux says so by itself")
def test_without_a_display_the_program_ends_with_a_message(tmp_path: Path) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
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
    assert "no display" in done.stderr or "apt-get install" in done.stderr
    assert "--report" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_looking_ahead_does_not_import_qt() -> None:
    code = "import sys, gui.preflight; sys.exit(any(m.startswith('PySide6') for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, timeout=120, check=False)
    assert done.returncode == 0

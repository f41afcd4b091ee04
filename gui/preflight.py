"""Look before Qt does: without a system library or a display Qt aborts in C++, saying little.

This module must not import Qt.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from threading import Thread

OFFSCREEN_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
"""Shared library -> Debian package: what every Qt program needs."""

WINDOW_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
}
"""What a window under X11 needs besides."""

WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
"""What a window under Wayland needs besides."""

ANSWER_SECONDS = 10.0
"""How long an X server may take to let a client in; one across a slow network needs a second."""

_REASONS = {
    5: "DISPLAY is {display!r}, which names no display; write it as :0 or HOST:0.",
    6: "{display} names no screen of that display; leave out what stands behind the dot.",
}
"""What xcb_connection_has_error() returns, other than that there was no connection."""


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _somebody_listens(display: str) -> bool:
    """Tell whether a server is there at all, though it has let nobody in."""
    import socket

    host, _, number = display.rpartition(":")
    host, number = host.rpartition("/")[2].strip("[]"), number.partition(".")[0]
    file = f"/tmp/.X11-unix/X{number}"
    try:
        if host not in ("", "unix"):
            socket.create_connection((host, 6000 + int(number)), ANSWER_SECONDS).close()
            return True
        for address in (f"\0{file}", file):
            with socket.socket(socket.AF_UNIX) as client:
                if client.connect_ex(address) == 0:
                    return True
    except (OSError, ValueError):  # ValueError: a name that no machine can have
        pass
    return False


def x11_problem(display: str) -> str | None:
    """Return why the X server ``display`` lets no client in, or None.

    libxcb is what Qt will connect with: it knows all ways to write a display, and the keys.
    """
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    answers: list[int] = []

    def connect() -> None:
        # Never closed: some servers reset themselves when their last client leaves, and Qt, the
        # next one, would have to wait for that.
        screen = ctypes.c_int()  # checked only where asked for
        connection = xcb.xcb_connect(os.fsencode(display), ctypes.byref(screen))
        answers.append(xcb.xcb_connection_has_error(connection))

    asking = Thread(target=connect, name="ask the X server", daemon=True)
    asking.start()
    asking.join(ANSWER_SECONDS)
    if not answers:
        return (
            f"The display {display} does not answer: its X server takes connections, but has said "
            f"nothing for {ANSWER_SECONDS:g} s. Log in again, or restart that server."
        )
    if answers[0] == 0:
        return None
    if answers[0] in _REASONS:
        return _REASONS[answers[0]].format(display=display)
    if _somebody_listens(display):
        return (
            f"The display {display} does not let this user in.\n"
            "Start the program as the user who is logged in there, or let that user type: "
            "xhost +si:localuser:NAME"
        )
    return (
        f"The display {display} does not answer: DISPLAY names it, but no X server is there.\n"
        "Set DISPLAY to one that runs (on a desktop mostly DISPLAY=:0)."
    )


def wayland_problem(display: str) -> str | None:
    """Return why nothing can be shown on the Wayland socket ``display``, or None."""
    wayland = ctypes.CDLL("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    wayland.wl_display_disconnect.argtypes = [ctypes.c_void_p]
    connection = wayland.wl_display_connect(os.fsencode(display))
    if connection:
        wayland.wl_display_disconnect(connection)
        return None
    return (
        f"The Wayland display {display} does not answer: no compositor listens there.\n"
        "Set WAYLAND_DISPLAY, and XDG_RUNTIME_DIR with it, to those of the desktop session, or "
        "use X11 with QT_QPA_PLATFORM=xcb."
    )


def _packages_missing(needed: dict[str, str]) -> str | None:
    missing = {library: package for library, package in needed.items() if not _can_load(library)}
    if not missing:
        return None
    return (
        f"Qt needs system libraries that are not installed: {', '.join(missing)}.\n"
        f"On Debian or Ubuntu type: sudo apt-get install -y {' '.join(missing.values())}"
    )


def _qt_platforms() -> list[str]:
    """Return the platforms that Qt will try, in its order; the first that works is taken."""
    given = os.environ.get("QT_QPA_PLATFORM", "")
    if given:
        return [platform.partition(":")[0] for platform in given.lower().split(";")]
    is_wayland = os.environ.get("XDG_SESSION_TYPE") == "wayland"
    return ["wayland", "xcb"] if os.environ.get("WAYLAND_DISPLAY") or is_wayland else ["xcb"]


def _problem(platform: str) -> str | None:
    """Return why one of Qt's platforms cannot be used, or None."""
    if platform == "xcb":
        display = os.environ.get("DISPLAY", "")
        return _packages_missing(OFFSCREEN_LIBRARIES | WINDOW_LIBRARIES) or (
            x11_problem(display) if display else "There is no display: DISPLAY is not set."
        )
    if platform.startswith("wayland"):
        problem = _packages_missing(OFFSCREEN_LIBRARIES | WAYLAND_LIBRARIES)
        if problem or os.environ.get("WAYLAND_SOCKET"):  # one already open cannot be tried twice
            return problem
        return wayland_problem(os.environ.get("WAYLAND_DISPLAY") or "wayland-0")
    return _packages_missing(OFFSCREEN_LIBRARIES)


def missing_requirements() -> str | None:
    """Return what keeps a window from opening and what to type, or None; Linux alone lacks any."""
    if not sys.platform.startswith("linux"):
        return None
    problems = []
    for platform in _qt_platforms():
        problem = _problem(platform)
        if problem is None:
            return None
        problems.append(problem)
    command = Path(sys.argv[0]).name
    command = "uv run main.py" if command == "main.py" else command
    return "\n".join((
        *problems,
        f"On a virtual screen: xvfb-run -s '-screen 0 1920x1080x24' {command}",
        f"Without a window, the same training runs with: {command} --report FOLDER",
    ))  # fmt: skip

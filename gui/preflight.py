"""Look before Qt does: without a system library or a display Qt aborts in C++, saying little.

This module must not import Qt.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OFFSCREEN_LIBRARIES = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1"}
"""Shared library -> Debian package: what every Qt program needs."""

WINDOW_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
}
"""What a window under X11 needs besides."""

_HEADLESS_PLATFORMS = ("offscreen", "minimal", "vnc")
_REPORT_HINT = "Without a window, the same training runs with: uv run main.py --report FOLDER"


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_requirements(
    environment: Mapping[str, str] | None = None,
    can_load: Callable[[str], bool] = _can_load,
    platform: str = sys.platform,
) -> str | None:
    """Return what keeps a window from opening and what to type, or None.

    Parameters
    ----------
    environment
        Environment variables; the process's own by default.
    can_load
        Tells whether a shared library can be loaded; replaced in tests.
    platform
        As ``sys.platform``; only Linux has anything to check.
    """
    if not platform.startswith("linux"):
        return None
    environment = os.environ if environment is None else environment
    qt_platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    headless = qt_platform in _HEADLESS_PLATFORMS
    wayland = bool(environment.get("WAYLAND_DISPLAY")) and qt_platform != "xcb"
    needed = dict(OFFSCREEN_LIBRARIES)
    if not headless and not wayland:
        needed |= WINDOW_LIBRARIES
    missing = {library: package for library, package in needed.items() if not can_load(library)}
    if missing:
        packages = " ".join(missing.values())
        return (
            f"Qt needs system libraries that are not installed: {', '.join(missing)}.\n"
            f"On Debian or Ubuntu type: sudo apt-get install -y {packages}\n{_REPORT_HINT}"
        )
    if not headless and not wayland and not environment.get("DISPLAY"):
        return (
            "There is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"
            "Start it from a desktop session, or on a virtual screen: "
            "xvfb-run -s '-screen 0 1920x1080x24' uv run main.py\n"
            f"{_REPORT_HINT}"
        )
    return None

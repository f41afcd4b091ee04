"""Freeze the program into one folder that needs no Python.

    uv run --group frozen packaging/freeze.py [FOLDER]

FOLDER, or dist/, gets perceptron-explorer/ with the program of that name in it, for the system and
the processor that this runs on.
"""

import sys
import tempfile
from pathlib import Path

import PyInstaller.__main__
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[1]
NAME = "perceptron-explorer"
ICON_PIXELS = 512

# matplotlib imports by name, when a figure is written, what draws it.
WRITERS = [f"matplotlib.backends.backend_{name}" for name in ("agg", "svg", "pdf")]


def own_modules():
    """Return every module of the program: some are imported by name when they are needed."""
    for room in ("core", "gui"):
        for file in sorted((ROOT / room).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def draw_icon(file):
    """Draw the icon as PNG, which PyInstaller turns into what Windows and macOS want."""
    image = QImage(ICON_PIXELS, ICON_PIXELS, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ROOT / "assets" / "icons" / "app.svg")).render(painter)
    painter.end()
    if not image.save(str(file)):
        sys.exit(f"{file} cannot be written")
    return file


def main(folder):
    with tempfile.TemporaryDirectory() as work:
        icon = draw_icon(Path(work) / "app.png")
        imports = [*own_modules(), *WRITERS]
        PyInstaller.__main__.run([
            str(ROOT / "main.py"),
            *("--name", NAME, "--distpath", str(folder), "--workpath", work, "--specpath", work),
            *("--add-data", f"{ROOT / 'assets'}:assets", "--exclude-module", "tkinter"),
            *(word for name in imports for word in ("--hidden-import", name)),
            *(("--icon", str(icon)) if sys.platform in ("win32", "darwin") else ()),
            *(("--hide-console", "hide-early") if sys.platform == "win32" else ()),
            *("--noconfirm", "--log-level", "WARN"),
        ])  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "dist")

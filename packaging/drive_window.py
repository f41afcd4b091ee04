"""Use the program as a person does: learn, attack, save, quit by the keyboard; then a report.

    xvfb-run -a -s "-screen 0 1920x1080x24" uv run packaging/drive_window.py COMMAND...

COMMAND starts the program: that of a wheel, of a frozen folder, or ``python main.py``. It gets an
empty home and has to end with 0 and without a word. Needs xdotool, and openbox where no window
manager runs.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

LIMIT_SECONDS = 120
N_COLOURS = 32
"""A figure has more; one that is empty does not."""
BEGINNINGS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
"""Each form is written by a part of matplotlib that is imported by name."""


def wait_for(condition, what):
    for _ in range(LIMIT_SECONDS * 10):
        if condition():
            return
        time.sleep(0.1)
    sys.exit(f"{what} did not happen within {LIMIT_SECONDS} s")


def windows(title):
    """Return the visible windows whose title begins so."""
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", f"^{title}"],
        capture_output=True,
        text=True,
        check=False,  # 1 where there is none
    )
    return found.stdout.split()


def press(*keys):
    subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], check=True)


def save(keys, title, file):
    """Ask for a dialog, give it a name, and wait for the file."""

    def asked():
        for key in keys:
            press(key)  # again: while there is nothing to save yet, the program only says so
            time.sleep(1.0)
        return windows(title)

    wait_for(asked, f"the dialog {title!r}")
    (dialog,) = windows(title)
    subprocess.run(["xdotool", "windowactivate", "--sync", dialog], check=True)
    subprocess.run(["xdotool", "type", "--delay", "20", str(file)], check=True)
    press("Return")
    wait_for(file.exists, f"saving {file.name}")


def use(program, timing, folder):
    wait_for(lambda: program.poll() is not None or windows("Perceptron Explorer"), "the window")
    wait_for(
        lambda: (
            program.poll() is not None
            or (timing.exists() and "first_learning" in timing.read_text())
        ),
        "the first epoch",
    )
    if program.poll() is not None:
        sys.exit(f"the program ended with {program.returncode}")
    press("ctrl+2")
    press("space")
    traces = folder / "traces.csv"
    save(["ctrl+shift+g"], "Save traces", traces)
    with traces.open(newline="") as stream:
        n_steps = len(list(csv.DictReader(stream)))
    figures = [folder / f"figure.{form}" for form in BEGINNINGS]
    for figure in figures:
        save(["ctrl+s", "Return"], "Save figure", figure)  # the first of the page's figures
        if not figure.read_bytes().startswith(BEGINNINGS[figure.suffix[1:]]):
            sys.exit(f"{figure.name} is no figure")
    with Image.open(figures[0]) as image:
        colours = image.convert("RGB").getcolors(image.width * image.height) or []
    if n_steps < 2 or len(colours) < N_COLOURS:
        sys.exit(f"{n_steps} steps of an attack, {len(colours)} colours in the figure")
    press("ctrl+q")
    print(f"learnt, attacked in {n_steps} steps, saved a figure of {len(colours)} colours, quit")


def report(command, environment, folder):
    words = ("--report", str(folder), "--dataset", "digits8", "--epochs", "3")
    subprocess.run([*command, *words], env=environment, cwd=folder.parent, check=True)
    if not (folder / "index.html").stat().st_size:
        sys.exit("the report is empty")


def main(command):
    hidden = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    with tempfile.TemporaryDirectory() as home:
        timing = Path(home) / "timing"
        environment |= {
            "HOME": home,
            "PERCEPTRON_EXPLORER_TIMING": str(timing),
            **{f"XDG_{name}_HOME": f"{home}/{name}" for name in ("CACHE", "CONFIG", "STATE")},
        }
        manager = subprocess.Popen(
            ["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        said = Path(home) / "said"
        with said.open("w") as stream:
            program = subprocess.Popen(
                command, env=environment, cwd=home, stdout=stream, stderr=stream
            )
        try:
            use(program, timing, Path(home))
            code = program.wait(LIMIT_SECONDS)
        finally:
            program.kill()
            manager.terminate()
            manager.wait()
            print(said.read_text(), end="")
        report(command, environment, Path(home) / "report")
        return code or int(said.stat().st_size > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

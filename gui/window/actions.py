"""Every command as data: its words, shortcut, icon, and what it calls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from gui.theme import USUAL
from gui.widgets.basics.figured import COPY, NUMBERS, SAVE
from gui.widgets.basics.tooltips import wrapped
from gui.window.look import next_size
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from gui.shared.page import PageEntry


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for.

    Attributes
    ----------
    name : unique; also the object name of the action
    menu : menu it stands in
    text, help, shortcut, icon : what people see and press
    do : what it does to the :class:`~gui.window.main_window.MainWindow`
    checkable : whether it stays pressed
    page : the page it is for; elsewhere it is disabled
    """

    name: str
    menu: str
    text: str
    help: str
    shortcut: str
    icon: str
    do: Callable[[Any], object]
    checkable: bool = False
    page: str = ""
    short: str = ""
    """What its button says, where that is less than the menu."""
    also: str = ""
    """A key of :data:`STAGE_KEYS`."""

    @property
    def keys(self) -> str:
        """All its keys, as people read them."""
        return ", ".join(filter(None, (self.also, self.shortcut)))


def _page_command(page: PageEntry) -> Command:
    return Command(
        f"{page.name}_page",
        "View",
        page.words,
        page.help,
        page.shortcut,
        page.icon,
        lambda w: w.show_page(page.name),
    )


def _tab_command(n: int, which: str) -> Command:
    words = f"Show the {which.lower()} of the tabs or scopes of the page."
    text = f"{which} tab or scope"
    return Command(
        f"tab_{n}", "View", text, words, str(n), "whole", lambda w: w.page(w.shown).show_nth(n)
    )


STAGE_KEYS = {
    Qt.Key.Key_Left: "earlier",
    Qt.Key.Key_Right: "later",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
}
"""Keys of the stage wherever nobody else needs them: no shortcuts, which would take them from the
canvases and lists that go their own ways by them."""

_MORE_KEYS = {"text_larger": ("Ctrl+=",)}
"""Keys that do the same: of a plus sign, without the shift it is often typed with."""

COMMANDS: tuple[Command, ...] = (
    Command("open_file", "File", "Open...", "Open a file of images: IDX, npz, npy, pickle, CSV, "
            "zip or tar. You can also drop it on the window.", "Ctrl+O", "open",
            lambda w: w.open_data.ask_file()),
    Command("open_folder", "File", "Open folder...", "Open a folder: IDX files, arrays, tables, or "
            "pictures in one sub-folder per class.", "Ctrl+Shift+O", "open",
            lambda w: w.open_data.ask_folder()),
    Command("save_figure", "File", "Save figure...", "Save a plot, matrix, atlas or image of this "
            "page as PNG, SVG, PDF or CSV; a right click on any does it too.", "Ctrl+S", "save",
            lambda w: w.figures.choose(SAVE)),
    Command("copy_figure", "File", "Copy figure", "Copy a plot, matrix, atlas or image of this "
            "page as a picture, for slides and letters.", "Ctrl+C", "save",
            lambda w: w.figures.choose(COPY)),
    Command("copy_numbers", "File", "Copy numbers", "Copy the numbers of a figure of this page as "
            "CSV.", "Ctrl+Shift+C", "save", lambda w: w.figures.choose(NUMBERS)),
    Command("save_curves", "File", "Save curves...", "Save every curve of all runs shown in one "
            "CSV file, a row for each run, part and epoch.", "Ctrl+E", "save",
            lambda w: w.saved_files.save_curves()),
    Command("save_model", "File", "Save model...", "Save the weights shown, and what they belong "
            "to, as safetensors.", "Ctrl+Shift+S", "save", lambda w: w.saved_files.save_model()),
    Command("save_script", "File", "Save as NumPy script...", "Save the run shown as a short "
            "script that learns it again with NumPy alone, its images beside it.", "Ctrl+Shift+E",
            "save", lambda w: w.saved_files.save_script()),
    Command("open_model", "File", "Open model...", "Begin a run from saved weights; this run "
            "stays for comparison.", "Ctrl+M", "open", lambda w: w.saved_files.open_model()),
    Command("quit", "File", "Quit", "Close the window; a running training is stopped.", "Ctrl+Q",
            "close", lambda w: w.closing.ask()),
    Command("toggle", "Run", "Play", "Play what is on the stage, or hold; at the end begin again.",
            "Space", "play", lambda w: w.foot.transport.toggle()),
    Command("train", "Run", "Learn or hold", "Let the run learn on, or hold it, whatever is on "
            "the stage.", "Shift+Space", "play", lambda w: w.session.training.toggle()),
    Command("step_batch", "Run", "One batch", "Do exactly one update: w += (eta / BS) sum x "
            "(t − y).", "B", "batch", lambda w: w.session.training.step_batch(), short="batch"),
    Command("step_epoch", "Run", "One epoch", "Learn up to the end of this pass.", "E", "epoch",
            lambda w: w.session.training.step_epoch(), short="epoch"),
    Command("start_again", "Run", "Start again", "Begin the run anew with the settings shown, and "
            "play; this run stays, for comparison.", "R", "replay",
            lambda w: w.session.training.start_again()),
    Command("new_seed", "Run", "New seed", "Start again from another random start.", "N", "seed",
            lambda w: w.session.training.new_seed(), short="Seed"),
    Command("undo", "Run", "Undo", "Take back what was done last, as removing a run.",
            "Ctrl+Z", "undo", lambda w: w.session.messages.undo()),
    Command("earlier", "Timeline", "One back", "Show the epoch or step before the one shown.",
            ",", "previous", lambda w: w.foot.transport.move(-1), also="Left"),
    Command("later", "Timeline", "One on", "Show the epoch or step after the one shown.",
            ".", "next", lambda w: w.foot.transport.move(1), also="Right"),
    Command("first", "Timeline", "To the start", "Show the start: epoch or step 0.",
            "", "first", lambda w: w.foot.transport.go_to(0), also="Home"),
    Command("last", "Timeline", "To the end", "Show what it has come to.",
            "", "last", lambda w: w.foot.transport.go_to(w.foot.transport.done), also="End"),
    Command("best", "Timeline", "Best epoch", "Show the epoch of the best held-out "
            "log-likelihood: where learning should have stopped.", "Ctrl+B", "best",
            lambda w: w.session.view.show_best()),
    Command("live", "Timeline", "Live", "Show the model as it is now.", "Ctrl+End", "live",
            lambda w: w.session.view.show_epoch(None)),
    Command("fork", "Timeline", "Go on from here", "Branch off at the epoch shown: a new run goes "
            "on from there, held, with the settings shown.", "K", "fork",
            lambda w: w.session.training.fork()),
    *(_page_command(page) for page in PAGES),
    *(_tab_command(n, which) for n, which in enumerate(("First", "Second", "Third"), start=1)),
    Command("panel", "View", "Settings", "Fold the settings on the left away, or back.", "F9",
            "panel", lambda w: w.page("learn").settings_panel.toggle(), page="learn"),
    Command("theme", "View", "Light or dark", "Switch between light and dark.", "Ctrl+T", "theme",
            lambda w: w.switch_theme()),
    Command("text_larger", "View", "Larger text", "Write everything larger, up to twice the usual "
            "size.", "Ctrl++", "larger", lambda w: w.use_text(next_size(1))),
    Command("text_smaller", "View", "Smaller text", "Write everything smaller, down to 80 % of the "
            "usual size.", "Ctrl+-", "smaller", lambda w: w.use_text(next_size(-1))),
    Command("text_usual", "View", "Usual text", "Write everything in the usual size.", "Ctrl+0",
            "usual", lambda w: w.use_text(USUAL)),
    Command("fill", "View", "Fill the window", "Let the view under the pointer fill the window, as "
            "a double click on its title does; Escape goes back.", "F", "fill",
            lambda w: w.fill.toggle()),
    Command("full_screen", "View", "Full screen", "Take the whole screen, or go back.", "Shift+F11",
            "whole", lambda w: w.setWindowState(w.windowState() ^ Qt.WindowState.WindowFullScreen)),
    Command("stage", "View", "The stage", "For a projector: the whole screen, light, larger text, "
            "thicker lines, and the keys that are pressed; B blackens it, Escape leaves.", "F11",
            "stage", lambda w: w.stage.toggle()),
    Command("attack_loop", "Attack", "Play again and again", "Let the film begin again at its "
            "end, without a pause at the flip.", "", "replay",
            lambda w: w.session.attack.film.set_looping(w.is_on("attack_loop")), checkable=True,
            page="attack"),
    Command("attack_mistake", "Attack", "A mistake", "Choose the next image that the model reads "
            "wrongly.", "M", "mistake", lambda w: w.session.attack.choose_mistake(), page="attack"),
    Command("save_film", "Attack", "Save film...", "Save the film as GIF, WebP or animated PNG; "
            "while one is being made, call it off.", "Ctrl+G", "save",
            lambda w: w.saved_films.save_film()),
    Command("save_traces", "Attack", "Save traces...", "Save probabilities, sizes, loss and "
            "gradient of every step as CSV.", "Ctrl+Shift+G", "save",
            lambda w: w.saved_films.save_traces()),
    Command("save_images", "Attack", "Save images...", "Save the images of all steps, with their "
            "numbers, as npz.", "Ctrl+Alt+G", "save", lambda w: w.saved_films.save_images()),
    Command("save_step", "Attack", "Save this step...", "Save the step shown as a figure: chosen "
            "image, change, result, probabilities.", "Ctrl+Alt+S", "save",
            lambda w: w.saved_films.save_step()),
    Command("help", "Help", "What am I looking at?", "Explain every part of the window.", "F1",
            "help", lambda w: w.texts.show_help(w.shown, w.page(w.shown).looked_at)),
    Command("commands", "Help", "Find a command...", "Type a few letters of a command, and run it "
            "with Enter.", "Ctrl+K", "menu", lambda w: w.palette_of_commands.ask()),
    Command("shortcuts", "Help", "Shortcuts", "Show every shortcut.", "?", "help",
            lambda w: w.texts.show_shortcuts()),
    Command("about", "Help", "About", "Version, licence, data and sources.", "", "help",
            lambda w: w.texts.show_about()),
)  # fmt: skip


def make_actions(window: QObject) -> dict[str, QAction]:
    """Return one QAction per command, which does it to the window."""
    actions = {}
    for command in COMMANDS:
        action = QAction(command.text, window)
        action.setObjectName(f"action_{command.name}")
        if command.shortcut:
            keys = (command.shortcut, *_MORE_KEYS.get(command.name, ()))
            action.setShortcuts([QKeySequence(one) for one in keys])
        of_keys = f" ({command.keys})" if command.keys else ""
        action.setToolTip(wrapped(f"{command.text}{of_keys}: {command.help}"))
        if command.short:
            action.setIconText(command.short)
        action.setCheckable(command.checkable)
        action.triggered.connect(partial(_do, command, window))
        actions[command.name] = action
    return actions


def _do(command: Command, window: QObject, _: bool = False) -> None:
    command.do(window)


_COLUMNS = 3
_OTHERS = (
    ("Enter", "Press or open what is focused"),
    ("Esc", "Close what is open, or a message"),
    ("Alt", "Open the menus"),
)
_ON_STAGE = (
    ("B or .", "Black screen, until a key"),
    ("Esc", "Leave it"),
)


def shortcuts_html() -> str:
    """Return all shortcuts by menu, in columns that fit one screen."""
    groups = [
        [(menu, ""), *((one.keys, one.text) for one in commands if one.keys)]
        for menu, commands in groupby(COMMANDS, lambda command: command.menu)
    ]
    groups += [[("Everywhere", ""), *_OTHERS], [("On the stage, instead", ""), *_ON_STAGE]]
    tallest = -(-sum(map(len, groups)) // _COLUMNS)
    columns: list[list[tuple[str, str]]] = [[]]
    for group in groups:
        if len(columns) < _COLUMNS and len(columns[-1]) + len(group) / 2 > tallest:
            columns.append([])
        columns[-1] += group
    cells = "".join(f"<td>{_shortcut_table(column)}</td><td width=28></td>" for column in columns)
    return f"<table><tr>{cells}</tr></table>"


def _unbroken(words: str) -> str:
    return f"<td><p style='white-space: pre; margin: 0'>{words}</p></td>"


def _shortcut_table(column: list[tuple[str, str]]) -> str:
    rows = (
        f"<tr>{_unbroken(keys)}{_unbroken(words.rstrip('.'))}</tr>"
        if words
        else f"<tr><td colspan=2><b>{keys}</b></td></tr>"
        for keys, words in column
    )
    return f"<table cellpadding=2>{''.join(rows)}</table>"

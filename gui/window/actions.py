"""Every command as data: its words, shortcut, icon, and what it calls."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QObject


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for.

    Attributes
    ----------
    name : unique; also the object name of the action
    menu : menu it stands in
    text, help, shortcut, icon : what people see and press
    method : the main window's method it calls, or one of its parts', as "part.method"
    """

    name: str
    menu: str
    text: str
    help: str
    shortcut: str
    icon: str
    method: str
    checkable: bool = False
    short: str = ""
    """What its button says, where that is less than the menu."""


COMMANDS = (
    Command("open_file", "File", "Open...", "Open a file of images: IDX, npz, npy, pickle or CSV, "
            "plain or gzip. You can also drop it on the window.", "Ctrl+O", "open",
            "open_data.ask_file"),
    Command("open_folder", "File", "Open folder...", "Open a folder: IDX files, arrays, tables, or "
            "pictures in one sub-folder per class.", "Ctrl+Shift+O", "open",
            "open_data.ask_folder"),
    Command("save_picture", "File", "Save picture...", "Save what the page shows as a PNG.",
            "Ctrl+S", "save", "saved_files.save_picture"),
    Command("save_curves", "File", "Save curves...", "Save every curve of this run in one CSV "
            "file.", "Ctrl+E", "save", "saved_files.save_curves"),
    Command("save_model", "File", "Save model...", "Save the weights shown, and what they belong "
            "to, as safetensors.", "Ctrl+Shift+S", "save", "saved_files.save_model"),
    Command("open_model", "File", "Open model...", "Begin a run from saved weights; this run "
            "stays for comparison.", "Ctrl+M", "open", "saved_files.open_model"),
    Command("quit", "File", "Quit", "Close the window; a running training is stopped.", "Ctrl+Q",
            "close", "close"),
    Command("toggle", "Run", "Play", "Learn, or hold; at the end, play again from the start.",
            "Space", "play", "run_commands.toggle_run"),
    Command("step_batch", "Run", "One batch", "Do exactly one update: w += (eta / BS) sum x "
            "(t - y).", "B", "batch", "run_commands.step_batch", short="Batch"),
    Command("step_epoch", "Run", "One epoch", "Learn up to the end of this pass.", "E", "epoch",
            "run_commands.step_epoch", short="Epoch"),
    Command("rewind", "Run", "Rewind", "Back to the same start with the settings of the panel; "
            "this run stays, faint, for comparison.", "R", "rewind", "run_commands.rewind"),
    Command("new_seed", "Run", "New seed", "Start again from another random start.", "N", "seed",
            "run_commands.new_seed", short="Seed"),
    Command("undo_remove", "Run", "Put a run back", "Put the run removed last back into the list.",
            "Ctrl+Z", "undo", "run_commands.undo_remove"),
    Command("earlier", "Timeline", "Earlier epoch", "Show the recorded epoch before the one "
            "shown.", "Ctrl+Left", "previous", "run_commands.show_earlier"),
    Command("later", "Timeline", "Later epoch", "Show the recorded epoch after the one shown.",
            "Ctrl+Right", "next", "run_commands.show_later"),
    Command("first", "Timeline", "Start", "Show epoch 0, before anything was learnt.",
            "Ctrl+Home", "first", "run_commands.show_first"),
    Command("best", "Timeline", "Best epoch", "Show the epoch of the best held-out "
            "log-likelihood: where learning should have stopped.", "Ctrl+B", "best",
            "run_commands.show_best"),
    Command("live", "Timeline", "Live", "Show the model as it is now.", "Ctrl+End", "live",
            "run_commands.show_live"),
    Command("fork", "Timeline", "Fork", "Branch off at the epoch shown: a new run goes on from "
            "there, held, with the settings of the panel.", "K", "fork", "run_commands.fork"),
    Command("learn_page", "View", "Learn", "What is learnt, and where it fails.", "Ctrl+1", "play",
            "show_learn"),
    Command("attack_page", "View", "Attack", "Change an image until it is read as something else.",
            "Ctrl+2", "attack", "show_attack"),
    Command("robustness_page", "View", "Robustness", "How much change the images withstand: exact, "
            "and under attacks.", "Ctrl+5", "best", "show_robustness"),
    Command("data_page", "View", "Data", "All images, what is in them, and how they are split.",
            "Ctrl+3", "data", "show_data"),
    Command("draw_page", "View", "Draw", "Draw a digit of your own and see it read.", "Ctrl+4",
            "draw", "show_draw"),
    Command("panel", "View", "Experiment panel", "Fold the panel on the left away, or back.", "F9",
            "panel", "toggle_panel", checkable=True),
    Command("theme", "View", "Light or dark", "Switch between light and dark.", "Ctrl+T", "theme",
            "switch_theme"),
    Command("attack_toggle", "Attack", "Play the change", "Play or hold the film of the attack.",
            "P", "play", "run_commands.toggle_attack"),
    Command("attack_back", "Attack", "One step back", "Show the step before.", ",", "previous",
            "run_commands.attack_back"),
    Command("attack_step", "Attack", "One step", "Show the next step.", ".", "next",
            "run_commands.attack_forward"),
    Command("attack_mistake", "Attack", "A mistake", "Choose the next image that the model reads "
            "wrongly.", "M", "mistake", "run_commands.attack_mistake"),
    Command("save_film", "Attack", "Save film...", "Save the film as GIF, WebP or animated PNG; "
            "while one is being made, call it off.", "Ctrl+G", "save", "saved_films.save_film"),
    Command("save_traces", "Attack", "Save traces...", "Save probabilities, sizes, loss and "
            "gradient of every step as CSV.", "Ctrl+Shift+G", "save", "saved_films.save_traces"),
    Command("save_images", "Attack", "Save images...", "Save the images of all steps, with their "
            "numbers, as npz.", "Ctrl+Alt+G", "save", "saved_films.save_images"),
    Command("save_step", "Attack", "Save this step...", "Save the step shown as PNG: chosen image, "
            "change, result, probabilities.", "Ctrl+Alt+S", "save", "saved_films.save_step"),
    Command("help", "Help", "What am I looking at?", "Explain every part of the window.", "F1",
            "help", "show_help"),
    Command("shortcuts", "Help", "Shortcuts", "Show every shortcut.", "?", "help",
            "show_shortcuts"),
    Command("about", "Help", "About", "Version, licence, data and sources.", "", "help",
            "show_about"),
)  # fmt: skip


def make_actions(owner: QObject, commands: Iterable[Command] = COMMANDS) -> dict[str, QAction]:
    """Return one QAction per command, calling the owner's methods."""
    actions = {}
    for command in commands:
        action = QAction(command.text, owner)
        action.setObjectName(f"action_{command.name}")
        if command.shortcut:
            action.setShortcut(QKeySequence(command.shortcut))
        keys = f" ({command.shortcut})" if command.shortcut else ""
        action.setToolTip(wrapped(f"{command.text}{keys}: {command.help}"))
        if command.short:
            action.setIconText(command.short)
        action.setCheckable(command.checkable)
        action.triggered.connect(attrgetter(command.method)(owner))
        actions[command.name] = action
    return actions


def shortcuts_html(commands: Iterable[Command] = COMMANDS) -> str:
    """Return all shortcuts as a table, grouped by menu."""
    rows, menu = [], ""
    for command in commands:
        if not command.shortcut:
            continue
        if command.menu != menu:
            menu = command.menu
            rows.append(f"<tr><td colspan=3><h4>{menu}</h4></td></tr>")
        rows.append(
            f"<tr><td><b>{command.shortcut}</b>&nbsp;&nbsp;</td><td>{command.text}&nbsp;&nbsp;"
            f"</td><td>{command.help}</td></tr>"
        )
    return f"<table cellpadding=3>{''.join(rows)}</table>"

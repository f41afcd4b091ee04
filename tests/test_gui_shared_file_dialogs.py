"""Where the dialogs for files open, and what becomes of a name."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.session.messages import Messages
from gui.settings import Settings
from gui.shared.file_dialogs import FileDialogs

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

TREE = Path(__file__).resolve().parents[1]
KINDS = "PNG (*.png);;SVG (*.svg)"


class Asked:
    """Stands in for the dialogs: notes where they open, and answers."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.opened_at: list[str] = []
        self.first_kind = ""
        self.answer, self.kind = "", ""
        patch.setattr(QFileDialog, "getSaveFileName", self.save)
        patch.setattr(QFileDialog, "getOpenFileName", self.open)
        patch.setattr(QFileDialog, "getExistingDirectory", self.folder)

    def save(self, _: Any, title: str, place: str, kinds: str, first: str) -> tuple[str, str]:
        self.opened_at.append(place)
        self.first_kind = first
        return self.answer, self.kind

    def open(self, _: Any, title: str, place: str, *kinds: str) -> tuple[str, str]:
        self.opened_at.append(place)
        return self.answer, ""

    def folder(self, _: Any, title: str, place: str) -> str:
        self.opened_at.append(place)
        return self.answer


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


@pytest.fixture
def new_dialogs(qtbot: QtBot, tmp_path: Path) -> Callable[[], FileDialogs]:
    """Return a maker of the dialogs of a start of the program; all starts remember in one file."""

    def make() -> FileDialogs:
        window = QWidget()
        qtbot.addWidget(window)
        store = QSettings(str(tmp_path / "remembered.ini"), QSettings.Format.IniFormat)
        return FileDialogs(window, Settings(store), Messages(window))

    return make


def folders(asked: Asked) -> list[Path]:
    return [Path(place).parent for place in asked.opened_at]


@pytest.mark.parametrize("has_documents", [True, False])
def test_the_first_dialog_opens_among_the_documents_or_at_home(
    new_dialogs: Callable[[], FileDialogs],
    asked: Asked,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_documents: bool,
) -> None:
    places = {
        QStandardPaths.StandardLocation.DocumentsLocation: tmp_path / "documents",
        QStandardPaths.StandardLocation.HomeLocation: tmp_path / "home",
    }
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(places[place]))
    (tmp_path / "home").mkdir()
    if has_documents:
        (tmp_path / "documents").mkdir()
    dialogs = new_dialogs()
    dialogs.save("Save", "figure.png", KINDS)
    assert folders(asked) == [tmp_path / ("documents" if has_documents else "home")]
    for ask in (dialogs.open_data, dialogs.open_folder):
        ask("Open")
        assert Path(asked.opened_at[-1]) == folders(asked)[0]


def test_they_open_where_one_was_last_at_the_next_start_too(
    new_dialogs: Callable[[], FileDialogs], asked: Asked, tmp_path: Path
) -> None:
    kept, data = tmp_path / "kept", tmp_path / "data" / "mnist"
    for folder in (kept, data):
        folder.mkdir(parents=True)
    dialogs = new_dialogs()
    asked.answer = str(kept / "figure.png")
    assert dialogs.save("Save", "figure.png", KINDS) == kept / "figure.png"
    asked.answer = str(data)
    assert dialogs.open_folder("Open") == str(data)
    later = new_dialogs()
    asked.opened_at.clear()
    asked.answer = ""
    assert later.save("Save", "curves.csv", "CSV (*.csv)") is None
    assert later.open_saved("Open model", "Models (*.safetensors)") is None
    assert later.open_data("Open") == ""
    assert later.open_folder("Open") == ""
    # What is saved lies apart from what is opened as data.
    assert asked.opened_at == [str(kept / "curves.csv"), str(kept), *[str(data.parent)] * 2]


def test_a_folder_that_is_gone_is_not_gone_to(
    new_dialogs: Callable[[], FileDialogs], asked: Asked, tmp_path: Path
) -> None:
    dialogs = new_dialogs()
    gone = tmp_path / "stick"
    gone.mkdir()
    asked.answer = str(gone / "figure.png")
    dialogs.save("Save", "figure.png", KINDS)
    gone.rmdir()
    dialogs.save("Save", "figure.png", KINDS)
    assert folders(asked)[1] == folders(asked)[0]
    assert folders(asked)[1].is_dir()


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("mine", "SVG (*.svg)", "mine.svg"),
        ("mine", "", "mine.png"),
        ("mine.svg", "PNG (*.png)", "mine.svg"),
        ("mine.PNG", "SVG (*.svg)", "mine.PNG"),
        ("epoch 1.5", "PNG (*.png)", "epoch 1.5.png"),
    ],
)
def test_a_name_ends_in_what_it_is(
    new_dialogs: Callable[[], FileDialogs],
    asked: Asked,
    tmp_path: Path,
    typed: str,
    kind: str,
    expected: str,
) -> None:
    asked.answer, asked.kind = str(tmp_path / typed), kind
    assert new_dialogs().save("Save", "figure.svg", KINDS) == tmp_path / expected
    assert asked.first_kind == "SVG (*.svg)"


def test_a_name_the_dialog_has_not_asked_about_replaces_nothing(
    qtbot: QtBot, asked: Asked, settings: Settings, tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    messages, told = Messages(window), []
    messages.notified.connect(lambda words, is_error: told.append((words, is_error)))
    (tmp_path / "mine.png").touch()
    asked.answer = str(tmp_path / "mine")
    assert FileDialogs(window, settings, messages).save("Save", "a.png", KINDS) is None
    assert told == [(f"{tmp_path / 'mine.png'} exists already; choose another name", True)]


def test_there_are_no_other_dialogs_for_files() -> None:
    users = set()
    for file in (TREE / "gui").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and "QFileDialog" in [n.name for n in node.names]:
                users.add(file.relative_to(TREE / "gui").as_posix())
    assert users == {"shared/file_dialogs.py"}

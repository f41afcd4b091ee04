"""The window: assembly of pages, panel, head, foot and menus; no logic of its own."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QMainWindow, QStackedWidget, QWidget

from gui.jobs.loading import load_beside
from gui.session.messages import RUN
from gui.shared.file_dialogs import FileDialogs
from gui.shared.writing import Writing
from gui.theme import DARK, ICONS, LIGHT, STAGE, STAGE_DARK, Icons, Theme, give_theme, text_percent
from gui.widgets.basics.card import FillRequest
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.tooltips import Hovered
from gui.window.actions import COMMANDS, STAGE_KEYS, make_actions
from gui.window.body import Body
from gui.window.closing import Closing, lost_words
from gui.window.figure_menu import FigureMenu
from gui.window.foot import Foot
from gui.window.head import Head
from gui.window.input_habits import InputHabits
from gui.window.look import Look
from gui.window.menus import HAS_BAR, Menus
from gui.window.open_data import OpenData
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from PySide6.QtCore import QChildEvent
    from PySide6.QtGui import QCloseEvent, QKeyEvent
    from PySide6.QtWidgets import QApplication

    from core.insight.readings import ImageFilter
    from gui.attack.film.commands import SavedFilms
    from gui.session.data import Loaded
    from gui.session.own_image import OwnImage
    from gui.session.session import Session
    from gui.settings import Settings
    from gui.shared.page import Page, PageEntry
    from gui.window.command_palette import CommandPalette
    from gui.window.fill import Fill
    from gui.window.saved_files import SavedFiles
    from gui.window.stage import Stage
    from gui.window.text_window import TextWindow

_FRAME = QSize(8, 40)
"""What a desktop puts around a window, at most for the most part."""


class MainWindow(QMainWindow):
    """One window over one session."""

    def __init__(self, app: QApplication, session: Session, settings: Settings) -> None:
        super().__init__()
        self._app = app
        self.session = session
        self.settings = settings
        self.theme = settings.theme
        self.setWindowTitle("Perceptron Explorer")
        self.setMinimumSize(960, 560)
        self.icons = Icons(self.theme)
        self._pages: dict[str, Page] = {}
        self.pages = QStackedWidget(self)
        """Those made so far."""
        self.look = Look(app, self, self.pages)
        self._dialogs = FileDialogs(self, settings, session.messages)
        self._writing = Writing(session, self)
        self.open_data = OpenData(self, session, settings, self._dialogs)
        self.figures = FigureMenu(self, session, self.pages, self._dialogs, self._writing)
        self.actions_by_name = make_actions(self)
        self.menus = Menus(self, self.actions_by_name, self.open_data.recent_menu)
        self.head = Head(session, self.actions_by_name, self.menus, self)
        self.foot = Foot(session, self.actions_by_name, self)
        self.notice = self.foot.message

        self.habits = InputHabits(app, self, self.take_key)
        self._alt_alone = False
        self._lay_out()
        self._connect()
        for part in (self.head, self.foot):
            self.habits.guard(part)
        self.show_page(PAGES[0].name)
        self._undo_changed()
        self.use_theme(self.theme, settings.text_size)
        self.page(PAGES[0].name).take_keyboard()
        self.page("learn").completed.connect(self._settle)

    def page(self, name: str) -> Any:
        """Return the page of that name in the registry, made now if it was not yet."""
        if name not in self._pages:
            page = self._pages[name] = _entry(name).make(self.session, self)
            self._adopt(page)
        return self._pages[name]

    def _adopt(self, page: Page) -> None:
        """Put a page that was just made into its place."""
        self.pages.addWidget(page)
        page.panel_made.connect(self.habits.guard)
        self.habits.guard(page)
        page.set_icons(self.icons)
        page.remember(self.settings)
        self.look.wear(page)
        give_theme(page, self.theme)
        page.attack_requested.connect(self.attack_image)
        page.own_attack_requested.connect(self.attack_drawing)
        page.images_requested.connect(self.show_images)
        page.asked.connect(self._ask)
        page.found.connect(self.notice.forgive)
        page.transport_changed.connect(self._use_transport)

    @cached_property
    def saved_files(self) -> SavedFiles:
        """What keeps curves and models, made when one is to be kept."""
        from gui.window.saved_files import SavedFiles

        return SavedFiles(self.session, self._dialogs, self._writing, self)

    @cached_property
    def saved_films(self) -> SavedFilms:
        """What keeps films, made when one is to be kept."""
        from gui.attack.film.commands import SavedFilms

        return SavedFilms(self.session, self.page("attack").film_panel, self._dialogs)

    @Slot()
    def _settle(self) -> None:
        """Do what a first picture can do without, and see which data are at hand."""
        self._app.setWindowIcon(QIcon(str(ICONS / "app.svg")))
        downloads = self.session.downloads
        downloads.begin()
        if downloads.mirror_problem:
            self.session.messages.warn(downloads.mirror_problem)
        # Nothing waits for them; that one cannot be read is told now and not at its button.
        load_beside(self.session.pool, [entry.load for entry in PAGES])

    def _lay_out(self) -> None:
        self.body = Body(self.pages, self)
        middle = beside((self.body, 1), margins=(8, 8, 8, 8))
        centre = holding(below(self.head, (middle, 1), self.foot, spacing=0), self)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        session = self.session
        session.messages.told.connect(self.notice.show_message)
        session.messages.withdrawn.connect(self.notice.withdraw_words)
        for signal in (session.view.run_started, session.training.setting_applied):
            signal.connect(self.notice.outdated)
        session.view.forgotten.connect(partial(self.notice.withdraw, RUN))
        session.messages.surprised.connect(self.show_surprise)
        session.messages.undo_changed.connect(self._undo_changed)
        for signal in (session.view.run_state_changed, session.view.run_shown):
            signal.connect(self.refresh_run_state)
        session.data.accepted.connect(self._offer_taken)
        # It was of an image that is gone.
        session.view.dataset_changed.connect(partial(self.foot.hovered.set_wordings, ""))
        session.downloads.mirror_changed.connect(partial(setattr, self.settings, "mirror"))
        self.head.data.open_folder_requested.connect(self.open_data.ask_folder)
        self.head.data.open_file_requested.connect(self.open_data.ask_file)

    @Slot(str, object)
    def _ask(self, words: str, wanted: object) -> None:
        """Let another page show what was asked for."""
        name = next(entry.name for entry in PAGES if entry.words == words)
        self.show_page(name)
        self.page(name).show_wanted(wanted)

    @Slot()
    def _undo_changed(self) -> None:
        self.actions_by_name["undo"].setEnabled(self.session.messages.can_undo)

    @Slot(object, object)
    def _offer_taken(self, loaded: Loaded, _: object) -> None:
        self.notice.withdraw(loaded.name)

    @Slot()
    def _use_transport(self) -> None:
        """Let the foot drive what the page shown has on the stage."""
        self.foot.use(self.page(self.shown).transport)

    def event(self, event: QEvent) -> bool:
        """Say what is hovered; let a card fill the window."""
        if isinstance(event, Hovered):
            self.foot.hovered.set_wordings(event.tip())
            return True
        if isinstance(event, FillRequest):
            self.fill.ask(event.card)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what nobody else has taken: the stage's keys, and Escape for an opened image."""
        self._alt_alone = event.key() == Qt.Key.Key_Alt
        if self.take_key(event):
            return
        if event.key() == Qt.Key.Key_Escape and not self._leave():
            for page in self._pages.values():
                for card in page.cards:
                    card.close()
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Open the menus with Alt alone, pressed and let go."""
        if event.key() == Qt.Key.Key_Alt and self._alt_alone and not HAS_BAR:
            self.menus.open()
        self._alt_alone = False
        super().keyReleaseEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """Step with the arrows, go to an end with Home and End; return whether it is for it."""
        name = STAGE_KEYS.get(Qt.Key(event.key()))
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if name is None or plain != Qt.KeyboardModifier.NoModifier:
            return False
        self.actions_by_name[name].trigger()
        return True

    def _leave(self) -> bool:
        """Go back from a view that fills the window, else from the stage; return whether to."""
        there = [one for one in ("fill", "stage") if one in vars(self)]
        return any(getattr(self, one).leave() for one in there)

    @cached_property
    def fill(self) -> Fill:
        """What lets a view fill the window."""
        from gui.window.fill import Fill

        return Fill(self, self.pages)

    @cached_property
    def stage(self) -> Stage:
        """What goes onto the stage."""
        from gui.window.stage import Stage

        return Stage(self, self)

    @property
    def _is_on_stage(self) -> bool:
        return "stage" in vars(self) and self.stage.is_on

    @property
    def off_stage(self) -> list[QWidget]:
        """What is not there on the stage."""
        settings = self.page("learn").settings_panel
        return [self.head, settings, self.foot.speed, self.foot.speed_words]

    def childEvent(self, event: QChildEvent) -> None:
        """Dress a dialog or menu that is shown for the first time."""
        child = event.child() if event.type() == QEvent.Type.ChildPolished else None
        if isinstance(child, QWidget) and child is not self.centralWidget():
            self.look.wear(child)
        super().childEvent(event)

    def use_text(self, percent: int) -> None:
        """Write everything in this size, and remember it but on the stage."""
        if not self._is_on_stage:
            self.settings.text_size = percent
        self.use_theme(self.theme, percent)

    def use_theme(self, theme: Theme, percent: int | None = None) -> None:
        """Use these colours everywhere, and text of this size."""
        self.theme = theme
        filled = self.fill.card if "fill" in vars(self) else None
        if filled is not None:
            self.fill.leave()  # it is dressed in its place
        self.look.dress(theme, percent)
        self.actions_by_name["text_usual"].setText(f"Usual text (now {text_percent()} %)")
        if filled is not None:
            self.fill.show_card(filled)
        self.icons = Icons(theme)
        for command in COMMANDS:
            self.actions_by_name[command.name].setIcon(self.icons[command.icon])
        for page in self._pages.values():
            page.set_icons(self.icons)
        self.head.set_icons(self.icons)
        self.foot.set_icons(self.icons)
        self.refresh_run_state()

    @Slot()
    def switch_theme(self) -> None:
        """Switch between light and dark, and remember it but on the stage, which has its own."""
        if self._is_on_stage:
            self.use_theme(STAGE if self.theme is STAGE_DARK else STAGE_DARK)
            return
        theme = LIGHT if self.theme is DARK else DARK
        self.settings.theme = theme
        self.use_theme(theme)

    @Slot()
    def refresh_run_state(self) -> None:
        """Offer only what can be done."""
        session, actions = self.session, self.actions_by_name
        for name in ("step_batch", "step_epoch"):
            actions[name].setEnabled(session.training.can_move)
        actions["train"].setEnabled(session.training.can_play)
        for name in ("start_again", "new_seed", "fork"):
            actions[name].setEnabled(session.wanted.full_dataset is not None)

    def is_on(self, name: str) -> bool:
        """Whether a command that stays pressed is."""
        return self.actions_by_name[name].isChecked()

    def show_page(self, name: str) -> None:
        """Show one page."""
        page, focus = self.page(name), self.focusWidget()
        # A person who goes through the head or the foot by keyboard goes on there.
        stays = focus is not None and any(bar.isAncestorOf(focus) for bar in (self.head, self.foot))
        self.look.wear(page)
        self.shown = name
        """The name of the page shown."""
        self.pages.setCurrentWidget(page)
        self.head.show_page(name, has_preset=_entry(name).has_preset)
        self._use_transport()
        for command in COMMANDS:
            if command.page:
                self.actions_by_name[command.name].setEnabled(command.page == name)
        if not stays:  # else it would go to whatever comes next
            page.take_keyboard()

    @Slot(str, int)
    def attack_image(self, part: str, index: int) -> None:
        """Attack one image and watch it."""
        self.session.attack.choose(part, index, play=True)
        self._watch_film()

    @Slot(object)
    def attack_drawing(self, own: OwnImage) -> None:
        """Attack an image a person has drawn, and watch it."""
        self.session.attack.choose_own(own, play=True)
        self._watch_film()

    def _watch_film(self) -> None:
        self.page("attack").show_film()
        self._go_to("attack")

    @Slot(str, object)
    def show_images(self, part: str, wanted: ImageFilter) -> None:
        """Show some images of a part on the wall."""
        self.page("images").show_part(part)
        self.page("images").show_filter(wanted)
        self._go_to("images")

    def _go_to(self, name: str) -> None:
        """Show a page, and let keys go there: not to a button, which would look chosen."""
        self.show_page(name)
        self.page(name).take_keyboard()

    @cached_property
    def texts(self) -> TextWindow:
        """The window of words, made when some are to be read."""
        from gui.window.text_window import TextWindow

        return TextWindow(self)

    @cached_property
    def palette_of_commands(self) -> CommandPalette:
        """What finds a command by its letters, made when one is looked for."""
        from gui.window.command_palette import CommandPalette

        return CommandPalette(self.actions_by_name, self)

    @Slot(str)
    def show_surprise(self, message: str) -> None:
        """Tell of an unexpected error; the log has the whole of it."""
        from gui.window.surprise import show_surprise

        show_surprise(self, message)

    @cached_property
    def closing(self) -> Closing:
        """What asks before something is lost."""
        return Closing(self, lambda: lost_words(self.session, self._pages.values()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop every job, within a second, whatever is under way.

        A person who closes the window is asked where something would be lost; a program is not.
        """
        if event.spontaneous() and self.closing.must_ask:
            event.ignore()
            self.closing.ask()
            return
        self.settings.geometry = self.saveGeometry()
        for dialog in self.findChildren(QDialog):
            dialog.close()
        self.hide()
        self.session.close()
        event.accept()

    def sizeHint(self) -> QSize:
        """Open at a size that fits a small projector, with the frame a desktop puts around it."""
        room = self.screen().availableGeometry().size() - _FRAME
        return QSize(1280, 720).boundedTo(room)


def _entry(name: str) -> PageEntry:
    return next(entry for entry in PAGES if entry.name == name)

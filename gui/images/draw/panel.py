"""A sheet to draw on, the images the drawing becomes, and what is read in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QButtonGroup

from core.drawing.drawing import Placement, mnist_placement, placed, placement_of, plain
from core.learning.records import epoch_words
from core.words import counted
from gui.images.draw.way import SIDES, Way, WayRow
from gui.images.draw.words import LONGEST_NAME, placing_words, unlike_mnist
from gui.session.own_image import OwnImage
from gui.shared.columns import label, sentences
from gui.shared.panel import Panel
from gui.widgets.basics.controls import button, chooser, offer
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.canvas.canvas import Canvas
from gui.widgets.canvas.tools import CanvasTools
from gui.widgets.images.image_card import CardContent
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QIcon, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from core.data.dataset import Dataset
    from core.drawing.drawing import Drawn
    from gui.session.session import Session

DRAWN = "drawn"
"""In place of a part, for the card of a drawing."""

_FRAME_MILLISECONDS = 16
"""While one draws the pictures follow so often at most."""

_HOW = "with mouse, pen or finger; the right button erases"
_GAP = 8
_LEAST_SHEET, _GOOD_SHEET = 120, 200
_STEPS_HEIGHT = 106

_HELP = {
    Way.PLAIN: "The whole sheet scaled down: each pixel is the mean of the ink it covers. Size and "
    "place stay as drawn.",
    Way.MNIST: "As MNIST's digits were made: the ink fitted into a box of 20/28 of the image, "
    "proportions kept, and moved until its centre of mass lies in the middle.",
    Way.DATA: "As these training images are placed, which were not made as MNIST's: as large as "
    "they are, and as they lie in the frame.",
}
_CHOOSE_HELP = "Click to attack, explain and learn the drawing in this form."
_MEANT_HELP = "What you mean it to be: its label among the training images, and ○ below."


class DrawPanel(Panel):
    """Everything that can be done with a person's own image."""

    own_attack_requested = Signal(object)
    """An :class:`~gui.session.own_image.OwnImage` that is to be attacked."""
    drawn_changed = Signal()
    """The drawing, its form or what is read in it is another."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._drawn: dict[Way, Drawn] = {}
        self._placements: dict[Way, Placement] = {}
        self._image_shape = (28, 28)
        self._names: tuple[str, ...] = ()
        self._knows_data = False
        self.way = Way.MNIST
        """The form chosen."""
        self._way_asked: Way | None = None
        self._later = QTimer(self, singleShot=True, interval=_FRAME_MILLISECONDS)
        self.canvas = Canvas(self)
        self.meant_as = chooser("what the drawing is meant as", self, _MEANT_HELP, shortest=6)
        self.tools = CanvasTools(self.canvas, self.meant_as, self)
        self.rows = {way: WayRow(way, "", self) for way in Way}
        self.group = QButtonGroup(self)
        for row in self.rows.values():
            self.group.addButton(row)
        self.sentence = sentences(self)
        self.sentence.setTextFormat(Qt.TextFormat.RichText)
        self.cropped = ImageView("1 cropped", "The ink without the paper around it: the dashed box "
                                 "on the sheet.", self)  # fmt: skip
        self.fitted = ImageView("2 fitted", "The same, scaled into its box with its proportions "
                                "kept and its edges antialiased.", self)  # fmt: skip
        tip = "Change the drawing until it is read as something else"
        self.attack_button = button("attack it", self, tip, pressed=self.attack)
        self.learn_button = button("learn it too", self, pressed=self._learn)
        tip = "Show the drawing large, with all probabilities and the reasons for them"
        self.why_button = button("why?", self, tip, pressed=self._open)
        for use in (self.attack_button, self.learn_button, self.why_button):
            use.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrow keys the sheet
        self.samples = label("", self, "muted")
        tip = "Remove the image added last from the training images"
        self.take_back_button = button(
            "take back", self, tip, "small", session.wanted.take_back_sample
        )
        self._lay_out()

        self._later.timeout.connect(self.refresh)
        self.canvas.changed.connect(self._drawn_on)
        self.group.buttonClicked.connect(self._chosen)
        self.meant_as.activated.connect(self._refresh_reading)
        session.view.shown_changed.connect(self._follow)
        session.view.dataset_changed.connect(self._dataset_changed)
        session.wanted.changed.connect(self._refresh_samples)
        self._refresh_samples()
        self._refresh_reading()

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        sheet = beside((self.canvas, 0, top), (self.tools, 1), spacing=_GAP)
        self.steps = holding(beside(self.cropped, self.fitted, spacing=_GAP), self)
        self.steps.setFixedHeight(_STEPS_HEIGHT)
        use = beside(self.attack_button, self.learn_button, self.why_button, None, spacing=_GAP)
        added = beside((self.samples, 1), self.take_back_button)
        rows = below(*self.rows.values(), spacing=_GAP)
        parts = (sheet, rows, self.sentence, self.steps, None, use, added)
        self.setLayout(below(*parts, spacing=_GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give sheet and pictures what room there is."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Return what is needed where there is least room, whatever is shown now."""
        tools = self.tools.sizeHint()
        fewest = (Way.PLAIN, self._normal)
        height = tools.height() + self._height_of(fewest, SIDES[0], has_words=False)
        uses = (self.attack_button, self.learn_button, self.why_button)
        buttons = sum(use.sizeHint().width() + _GAP for use in uses)
        return QSize(max(_LEAST_SHEET + _GAP + tools.width(), buttons), height)

    def changeEvent(self, event: QEvent) -> None:
        """Fit another size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._arrange()

    def _arrange(self) -> None:
        """Let pictures be large where the sheet still is; show the steps where there is room.

        Where there is little, MNIST's form gives way to that of the data, then the words.
        """
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().lineSpacing())
        least = max(_LEAST_SHEET, self.tools.sizeHint().height())
        placed_so = [way for way in self.rows if way is Way.PLAIN or way in self._placements]
        fewer = [way for way in placed_so if way in (Way.PLAIN, self._normal, self.way)]
        for ways, side, has_words in (
            (placed_so, SIDES[1], True),
            (placed_so, SIDES[0], True),
            (fewer, SIDES[0], True),
            (fewer, SIDES[0], False),
        ):
            left = self.height() - self._height_of(ways, side, has_words=has_words)
            if left >= (_GOOD_SHEET if side == SIDES[1] else least):
                break
        for way, row in self.rows.items():
            row.set_side(side)
            row.setVisible(way in ways)
        self.sentence.setVisible(has_words)
        widest = self.width() - self.tools.sizeHint().width() - _GAP
        sheet = max(min(widest, left), _LEAST_SHEET)
        self.canvas.setFixedSize(sheet, sheet)
        self.tools.setFixedHeight(max(sheet, least))
        self.steps.setVisible(left - sheet >= _STEPS_HEIGHT + _GAP)

    def _height_of(self, ways: Sequence[Way], side: int, *, has_words: bool) -> int:
        """Return what everything but the sheet needs."""
        parts = [self.rows[way].height_for(side) for way in ways]
        parts.append(self.attack_button.sizeHint().height())
        if has_words:
            parts.append(self.sentence.minimumHeight())
        if not self.take_back_button.isHidden():
            parts.append(self.take_back_button.sizeHint().height())
        return sum(parts) + _GAP * (len(parts) + 1)

    def figure_words(self) -> str:
        """Return which epoch's model reads the drawing."""
        shown = self._session.view.shown
        return "" if shown is None else epoch_words(shown.epoch)

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons on the buttons."""
        self.tools.set_icons(icons)
        self.attack_button.setIcon(icons["attack"])

    @property
    def meant(self) -> int | None:
        """The class the drawing is meant as, if that was said."""
        chosen = self.meant_as.currentData()
        return None if chosen is None else int(chosen)

    @property
    def image(self) -> NDArray[np.float32] | None:
        """The drawing in the form chosen, (height, width); None before there is one."""
        if not self._knows_data or self.canvas.is_empty or self.way not in self._drawn:
            return None
        return self._drawn[self.way].image

    @Slot()
    def _drawn_on(self) -> None:
        if not self._later.isActive():
            self._later.start()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible():
            self._refresh_reading()

    @Slot()
    def _dataset_changed(self) -> None:
        self._knows_data = False
        self.refresh()
        self.drawn_changed.emit()

    @Slot()
    def _chosen(self) -> None:
        self.way = self._way_asked = next(w for w, row in self.rows.items() if row.isChecked())
        self.refresh()

    def _look_at(self, dataset: Dataset) -> None:
        """Fit sheet, forms and classes to other data; their placement is measured only if asked."""
        self._knows_data = True
        digits = all(name.isdigit() and len(name) == 1 for name in dataset.class_names)
        self._image_shape = dataset.image_shape
        self.canvas.set_image_shape(dataset.image_shape)
        self.canvas.set_empty_words("Draw a digit here" if digits else "Draw here", _HOW)
        mnist = mnist_placement(dataset.image_shape)
        self._placements, unlike = {Way.MNIST: mnist}, ""
        of_data = placement_of(dataset.train, dataset.image_shape)
        if of_data is not None and not of_data.is_like(mnist, dataset.image_shape):
            self._placements[Way.DATA] = of_data
            unlike = unlike_mnist(of_data, mnist)
        for way, row in self.rows.items():
            row.help = " ".join(filter(None, (_HELP[way], unlike, _CHOOSE_HELP)))
            row.setToolTip(wrapped(row.help))
        asked = self._way_asked
        kept = asked is Way.PLAIN or asked in self._placements
        self.way = asked if asked is not None and kept else self._normal
        self.rows[self.way].setChecked(True)
        if dataset.class_names != self._names:
            self._names = dataset.class_names
            cut = {k: f"meant as {short(n, LONGEST_NAME)}" for k, n in enumerate(self._names)}
            offer(self.meant_as, {None: "meant as ...", **cut})
            self.meant_as.setCurrentIndex(0)
            self.meant_as.view().setMinimumWidth(self.meant_as.view().sizeHintForColumn(0) + 24)
        self._arrange()

    @property
    def _normal(self) -> Way:
        """How the model's own images are placed."""
        return Way.DATA if Way.DATA in self._placements else Way.MNIST

    def show_known(self) -> None:
        """Make the drawing into images, and have them read."""
        dataset = self._session.view.dataset
        if dataset is None:
            self.canvas.set_empty_words("There are no data yet", "")
            return
        if not self._knows_data:
            self._look_at(dataset)
        ink = self.canvas.ink
        self._drawn = {Way.PLAIN: plain(ink, self._image_shape)} | {
            way: placed(ink, self._image_shape, how) for way, how in self._placements.items()
        }
        for way, drawn in self._drawn.items():
            self.rows[way].set_image(drawn.image)
        steps = self._drawn[self.way].steps
        self.canvas.set_marks(*((None, None) if steps is None else (steps.box, steps.mass)))
        normal = self._drawn[self._normal].steps
        if normal is None:
            self.cropped.clear()
            self.fitted.clear()
        else:
            height, width = normal.scaled.shape
            self.cropped.show_grey(normal.cropped)
            self.fitted.show_grey(normal.scaled, f"{height} x {width}")
        self._refresh_reading()

    @Slot()
    def _refresh_reading(self) -> None:
        shown, dataset = self._session.view.shown, self._session.view.dataset
        if self.image is not None and shown is None and self.is_read:
            return  # a run begins: what was read stays until its model is there
        for way, drawn in self._drawn.items():
            read = None
            if self.image is not None and shown is not None:
                read = shown.probabilities_of(drawn.image.reshape(-1))
            names = () if dataset is None else dataset.class_names
            self.rows[way].set_reading(names, read, self.meant)
        self.sentence.setText(self._words())
        self._refresh_buttons()
        self.drawn_changed.emit()

    @property
    def is_read(self) -> bool:
        """Whether a drawing and what is read in it are shown."""
        return self.rows[self.way].probabilities is not None

    def _words(self) -> str:
        """Return what the placing has done, and what that has changed."""
        if self._session.view.dataset is None:
            return "Waiting for data ..."
        if self.image is None:
            return "Nothing is drawn yet. The arrow keys move what is drawn."
        plainly, normally = self.rows[Way.PLAIN], self.rows[self._normal]
        return placing_words(self._drawn[self._normal], plainly, normally, self._names)

    def _refresh_buttons(self) -> None:
        meant, is_drawn = self.meant, self.image is not None
        for use in (self.attack_button, self.why_button):
            use.setEnabled(is_drawn and self.is_read)
        self.learn_button.setEnabled(is_drawn and meant is not None)
        tip = "Say first what it is meant as"
        if meant is not None:
            tip = f"Add it to the training images, as {self._names[meant]}: learnt from the next "
            tip += "start on"
        self.learn_button.setToolTip(wrapped(tip))

    @Slot()
    def _refresh_samples(self) -> None:
        full = self._session.wanted.full_dataset
        n_added = 0 if full is None else full.n_extra
        words = f"{counted(n_added, 'drawing')} added"
        self.samples.setText(words)
        for widget in (self.samples, self.take_back_button):
            widget.setVisible(n_added > 0)
        self._arrange()

    @Slot()
    def _open(self) -> None:
        self.content_requested.emit(self._content)

    def _content(self) -> CardContent | None:
        """Return what the card shows: the drawing, as it is by now."""
        image, shown, dataset = self.image, self._session.view.shown, self._session.view.dataset
        if image is None or shown is None or dataset is None:
            return None
        probabilities = shown.probabilities_of(image.reshape(-1))
        read, meant = dataset.class_names[int(probabilities.argmax())], self.meant
        title = f"your drawing: read as {read}"
        if meant is not None:
            title = f"your drawing: meant as {dataset.class_names[meant]}, read as {read}"
        return CardContent(
            title=title,
            words=f"{self.way.value}, as the model of {epoch_words(shown.epoch)} reads it.",
            values=image,
            class_names=dataset.class_names,
            probabilities=probabilities,
            true_class=meant,
            part=DRAWN,
            index=0,
            weights=shown.weights,
        )

    @Slot()
    def attack(self) -> None:
        """Ask for the drawing to be attacked."""
        image, shown, dataset = self.image, self._session.view.shown, self._session.view.dataset
        if image is None or shown is None or dataset is None:
            return
        flat, meant = image.reshape(-1), self.meant
        said = meant is not None  # else nobody has said better than the model
        label = int(shown.probabilities_of(flat).argmax()) if meant is None else meant
        own = OwnImage(flat, dataset.image_shape, label, dataset.class_names, said)
        self.own_attack_requested.emit(own)

    @Slot()
    def _learn(self) -> None:
        image, meant = self.image, self.meant
        if image is not None and meant is not None:
            self._session.wanted.add_sample(image.reshape(-1), meant)

"""The words of the help windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from platformdirs import user_log_path
from PySide6 import __version__ as pyside_version

if TYPE_CHECKING:
    from pathlib import Path

VERSION = "0.1.0"


def log_file() -> Path:
    """Return where unexpected errors are written."""
    return user_log_path("perceptron-explorer") / "log.txt"


HELP_HTML = """
<h3><a name="window"></a>The window</h3>
<p>Above are the pages, the data, a preset, and the <b>model</b> that every view shows: a run and an
epoch of it. Click the model to choose another; a green dot means that it is learning now. <b>=</b>
or Alt opens the menus, <b>Ctrl+K</b> finds any command by a few letters of it, <b>?</b> shows
all keys.</p>
<p>Below, one bar plays what is on the stage: the training on Learn and Tune, the steps of an
attack, the kept epochs elsewhere. <b>Space</b> plays, the arrows and , . step, Home and End go to
an end, wherever the keyboard is but in a text field; Enter presses what is focused. Shift+Space
trains from everywhere. Drag the handle or click on the line; the <b>star</b> is the best epoch, the
<b>flag</b> the step at which the reading flips. The <b>line below</b> says what goes on and what
happened; its blue word does something about it, as <i>Undo</i> (Ctrl+Z). While an earlier epoch is
looked at, <b>Go on from here</b> (K) begins a branch there: a new run that learns on, held until it
is played.</p>
<p>A double click on the title of a view, or F, lets it fill the window; Esc goes back. Ctrl and +
or − change the size of text, F11 is the stage for a projector.</p>
<h3><a name="learn"></a>Learn: a perceptron, learning</h3>
<p>One layer of weights: for each class k the pixels x of an image are weighed and summed to a
<b>logit</b> z<sub>k</sub> = w<sub>k</sub>·x + b<sub>k</sub>, and the <b>softmax</b> y<sub>k</sub> =
exp(z<sub>k</sub>) / Σ exp(z<sub>j</sub>) makes probabilities of them. Each <b>batch</b> of BS
images moves the weights by (η / BS) Σ x (t − y): toward what was right, away from what was said
instead. One pass over all training images is an <b>epoch</b>.</p>
<h3>Curves</h3>
<p><b>Error</b> is the fraction classified wrongly; the <b>log-likelihood</b> is the mean of log
y<sub>true</sub>. On the training images both keep improving; on images never learnt from, the
log-likelihood turns at the <b>star</b>: from there on the model learns its examples by heart. That
is where learning should stop. Point at a curve to read its values and those of all other runs;
click to go to that epoch. Dash-dotted lines mark where a setting was changed: η learning rate, BS
batch size, λ decay, μ momentum, end the last epoch.</p>
<p>Drag in a plot to look closer, turn the wheel to zoom about the pointer; a double-click or
Backspace goes back, Esc shows the whole. A right click has log axes and smoothing. On a log axis
epoch 0 has no place; log-likelihoods are drawn as |y| turned over, so that higher stays better.</p>
<h3><a name="settings"></a>Settings</h3>
<p>They are those of the run shown. While it is learnt, rate, batch size, decay, momentum and the
last epoch act from the next batch on and leave a mark on the curves. What waits has a dot and says
what it was; a click there takes it back. <b>Start again</b> begins a new run with what is shown,
from the same start, and keeps the old one for comparison. <b>One step</b> shows the images that the
last update was made from, those read wrongly in red. Point at any setting for its formula and
range.</p>
<p><b>Adversary</b>, under <i>more</i>, learns every batch as the worst images within a
<b>budget</b>: x' = clip(x + size step(W<sup>T</sup> (y − t)), 0, 1), with the sign of the gradient
for a largest change, its direction for a length. Start again with it, and compare the two runs on
Attack, Every image.</p>
<h3><a name="learn:Classes"></a>Classes</h3>
<p>One column per class. <b>Weights</b>: red pixels speak for the class, blue ones against it, one
scale for all. <b>Mean</b>: the average of the training images of the class that are read correctly.
<b>Worst</b>: the training image read wrongly with the greatest certainty, and what it is taken for;
the choice at the top right shows up to five of each class, and the weights as they are, minus the
mean of all classes, or minus the start. Click any image to open it; a mistake can be attacked from
there. <b>History</b> shows the rank of its class at every epoch (1 is read rightly) and when it
flipped. <b>Why?</b> shows which pixels speak for one class and against another: the gap between two
logits is a sum, z<sub>a</sub> − z<sub>b</sub> = Σ x<sub>i</sub> (w<sub>a</sub> −
w<sub>b</sub>)<sub>i</sub> + (b<sub>a</sub> − b<sub>b</sub>), and nothing is left over.</p>
<h3><a name="learn:Confusion"></a>Confusion</h3>
<p>Rows are labels, columns what they are read as, at the epoch shown. The diagonal is what is
right; the redder a cell, the more of its label's images are mistaken so. Click a cell, and Images
shows these images, the most surely read first.</p>
<h3><a name="learn:When to stop"></a>When to stop</h3>
<p>The best epoch depends on which images were held out. They are drawn anew 1,000 times, with
replacement: the band holds nine of ten whole curves, the bars say how often each epoch was the
best. Low, wide bars mean an unsure optimum. <b>Patience</b> p stops when the log-likelihood has not
improved for p epochs. Error and log-likelihood part ways because the error counts mistakes and the
log-likelihood weighs how confident they are: the table says what one image <b>costs</b>, the
mean of −log y of its class over those read wrongly, and over those read rightly.</p>
<p>Below, the run over its epochs: the score of each class at every epoch, how many images became
right or wrong when, and those that flipped most often. Click a cell to go to its epoch, an image to
see its history.</p>
<h3><a name="attack"></a>Attack</h3>
<p>The weights stay, the <i>image</i> moves. Three scopes: one image, every class, every image.
<b>Size</b> says how a change is measured, its <b>length</b> (L2), its <b>largest pixel</b> (L∞) or
how many pixels are changed; <b>pixels stay in 0..1</b> forbids what no picture can show. Every
number here obeys both, or says that it does not. <b>more views</b> has what else there is to see of
a scope.</p>
<h3><a name="attack:One image"></a><a name="attack:the film"></a>One image: the film</h3>
<p>The sentence says what is made of what, and how. <b>The practical's descent</b>: x += η
W<sup>T</sup> J (t − y), with J = diag(y) − y y<sup>T</sup>, down the squared loss |t − y|² toward a
target class t. A <b>pull</b> λ |c − x|² keeps it near the chosen image c. The change is shown
amplified; the true factor is written above it; click the start or the result to open it. The film
pauses where the reading <b>flips</b>; play on from there if you like, and at
its end on to all steps that were asked for. Where the model is very sure,
J is nearly zero and the image refuses to move: raise the step size, or start from noise. From noise
the start shown is the noise, and the result can be stretched to the full range of grey.
With other settings for the same image and target the film before stays as a faint line.</p>
<p>Twelve other <b>attacks</b> are in the list; point at it for the formula and the source of the
one chosen. A <b>budget</b> is the largest size a change may have: its length (<b>L2</b>), or its
largest pixel (<b>L∞</b>). Three <b>noises</b> of the same size show that it is the direction that
fools. <b>Any other</b> asks for no class in particular. <b>Exact</b> is the smallest change there
is: with c the nearest class, |d| = (z<sub>y</sub> − z<sub>c</sub>) / |w<sub>y</sub> −
w<sub>c</sub>|; the line under the outcome states it for every attack. A tie is never enough: at
the exact size the classes are level, and the least bit more decides.</p>
<h3><a name="attack:compare losses"></a>Compare losses</h3>
<p>Pushes the chosen image toward the target three times, by plain steps against the gradient of the
squared loss, of cross-entropy and of the lead of the target over the next class. The bar below, and
a click in a plot, moves all three. The squared loss's gradient is nearly 0 where the model is sure:
the badge says when, and with which numbers. <b>A saturated image</b> chooses the image the model
reads rightly and most surely. A small gradient at the target is an end, not a refusal; the lead
never ends and walks on.</p>
<h3><a name="attack:all targets"></a>All targets</h3>
<p>One column per class: the image on its way there, the change (all amplified alike), its exact
size. At 100 % it lies on the boundary, a little farther ✓ it is read as the class; the frame marks
the nearest. Of the fewest pixels <i>4 to 5 px</i> says that 5 are enough and
fewer than 4 are not: past several rivals the least is not always proven in time.</p>
<h3><a name="attack:mend"></a>Mend</h3>
<p>Left a mistake and the smallest change toward its true class, right an image read rightly and the
smallest change away from it; below, both sizes compared and the medians of the part.</p>
<h3><a name="attack:your turn"></a>Your turn</h3>
<p>Paint on the image until it is read as the target. The budget is twice the smallest change that
is enough (slider: 0.5 to 10 times); a stroke stops at it, and one dab never spends it all. The
right button does the opposite; <i>Soften</i> gives budget back; <i>Hint</i> lays the weights of the
target less those of its strongest rival over the image, red where ink helps. Keys: arrows move,
Shift+arrows paint, Enter dabs, X changes the tool, [ ] the size, + − the strength, Backspace
undoes, Delete clears.</p>
<h3><a name="attack:Every class"></a><a name="attack:the costs"></a>Every class: the costs</h3>
<p>Rows are what an image is read rightly as, columns what it is pushed toward; strong red is cheap.
Point at a cell for median, quartiles and number of images; click it, or use arrows and Enter, to
play the median example. Long measurements show the medians so far and can be stopped and gone on
with.</p>
<h3><a name="attack:Every image"></a><a name="attack:the curves"></a>Every image: the curves</h3>
<p>How large a change fools the model? It is linear up to the softmax, so that this is no guess:
with y the class an image is read as, class c overtakes it at (z<sub>y</sub> − z<sub>c</sub>) /
|w<sub>y</sub> − w<sub>c</sub>|, and the nearest c decides. <b>Exact</b> is the share of the test
images that stay right whatever is done to them within a size; <b>random noise</b> of the same size
does far less. Beside them are the images that fall first and last; below, what each class
withstands, the median size epoch by epoch, and the weights. The other run chosen in the sentence is
drawn beside, at the kept epoch nearest to the one shown.</p>
<p>While a run learns, the exact curve comes first and says of which epoch it is; where all images
would be late, a part of them is measured first, and the card says so.</p>
<h3><a name="attack:transfer"></a>Transfer</h3>
<p>Images are changed to fool the model shown, and tried on the models of the other runs. The
transfer rate is the share of the images fooling the model shown that fool another run too, leaving
out those it misreads anyway. Click an example to play it.</p>
<h3><a name="attack:the same change"></a>The same change</h3>
<p>Adds the film's change to other images, or one that is found for all of them at once; a red frame
is an image that was read rightly and is not any more.</p>
<h3><a name="tune"></a>Tune: runs</h3>
<p>Every run stays in the table, with a column for every setting in which two of them differ. Click
a title to sort (scores of other data stand below: they are of other images); <b>Columns</b> has
more. Where there is no room for all, empty notes, epochs a second, epochs, state, train, what else
and best go first, then settings from the right; what you
tick there stays. Click a row and every view shows that run; its tick draws
its curves (H). A right click on a row has the rest: <b>Keep on top</b> (T) makes it the first row,
drawn boldly, and the others say in their tooltips how far they are ahead of it; <b>Remove</b>
(Delete) can be undone (Ctrl+Z); Shift+F2 writes a note, Ctrl+C copies the chosen rows,
Ctrl+Shift+C all as CSV. The run shown is blue, what it reads
of the test images orange; every other run keeps a colour of its own. <b>Go on from here</b> (K)
branches off at the epoch shown. A new run hides the oldest beyond eight curves; it does not
forget them.</p>
<p><b>Repeat with seeds</b> does the run shown again with the seeds that follow its own, all at
once, each with every change that was made on its way, a branch with the past it left as well. The
line is their median, in the colour of the run; the band holds all of them, from 20 seeds on nine of
ten, each whole. What lies within the band is chance; point at its row to read how large it is.</p>
<p>The weights kept of a run take 64 MB at most, of all runs 512. Beyond that every second epoch
goes, then every second of the rest; the start, the last, the best epoch and those from which a run
was forked stay, and the curves lose nothing.</p>
<h3>Tune: is A better than B?</h3>
<p>Two models, any epoch of any run, on the same held-out images: only those count that one of them
alone reads rightly. The bar holds what 95 % of other images would give; where it touches 0, the
difference may be chance. That says nothing of another seed: repeat both for that. Beside it:
weights and their difference, means, worst mistakes, confusion, and how little changes what an image
is read as (for a linear model a division: the gap between two logits by the distance of their
weights).</p>
<h3><a name="images"></a>Images</h3>
<p>Open a file with Ctrl+O, a folder with Ctrl+Shift+O, or drop either on the window; <b>More
data</b> downloads known sets. The wall shows every image of a part, as the model of the epoch shown
reads it: below each its label and how surely it is read (<i>3 97%</i>). A <b>frame</b> marks those
read as something else, with what they are taken for (<i>3→8 97%</i>); a <b>corner</b> those whose
label the label noise has changed. Choose a class, right or wrong; the last choice has the order
(the most surely wrong first is where to look), how sure, an image by its number, and the size. Walk
with the arrows, open with Enter, zoom with Ctrl and the wheel.</p>
<h3><a name="images:Draw"></a>Draw one</h3>
<p><b>Draw</b>, or <b>draw one</b> on the wall, with mouse, pen or finger: what is read follows. The
right button or the pen's other end erases; the arrow keys move the drawing by a pixel of the image,
and [ and ] change the pen. MNIST's digits were <b>normalised</b>: scaled into a box of 20 x 20
pixels and moved until their centre of mass (the dot) lay in the middle of 28 x 28. <b>Like
MNIST</b> does the same to yours, <b>as drawn</b> does not. A weight belongs to a pixel and not to a
shape: a digit drawn small or in a corner meets weights that were never trained on it. Where the
data were not made as MNIST's, <b>like these</b> places the drawing as they are on average. Click
one of them: <b>attack it</b> turns it into something else, <b>why?</b> explains the reading,
<b>learn it too</b> puts it behind the training images as what it is meant as, untouched by noise; a
new start of the run learns it. Take back removes the last one; other data begin without any.</p>
<h3><a name="images:Classes"></a><a name="images:Split and noise"></a>Classes, split and noise</h3>
<p><b>Classes</b> counts the images of each, with their mean and how they differ. <b>Split and
noise</b>: how they were read, a share set aside for testing; <b>label noise</b> gives some training
images a wrong label, <b>pixel noise</b> s disturbs all: x = clip(x + s n, 0, 1). What is set there
waits for a new start. As long as no <b>validation images</b> are set aside, the test set chooses
the best epoch, and its score there flatters.</p>
<h3><a name="figures"></a>Figures for slides and papers</h3>
<p>A <b>right click</b> on any plot, matrix, atlas or image copies it as a picture, copies its
numbers, or saves it as PNG, SVG, PDF or CSV: the figure itself, on white paper, with titles, units
and what it is of. Ctrl+S lists all figures of a page, Ctrl+C and Ctrl+Shift+C copy one. <b>Save
curves</b> (Ctrl+E) writes the curves of all runs that are drawn into one CSV file, a row for each
run, part and epoch.</p>
"""


def about_html() -> str:
    """Return version, licence and sources."""
    from pyqtgraph import __version__ as pyqtgraph_version

    return f"""
    <h3>Perceptron Explorer {VERSION}</h3>
    <p>MIT licence. NumPy {np.__version__}, Qt for Python {pyside_version},
    pyqtgraph {pyqtgraph_version}.</p>
    <p><b>The practical</b>: "TP Neural Network", 23 January 2020: the perceptron, the figures and
    the attack follow it.</p>
    <p><b>Stroke digits</b> are drawn for this program. <b>UCI digits</b>: E. Alpaydin, C. Kaynak,
    Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998, CC BY 4.0, in
    scikit-learn's copy. <b>Colours</b> of weights and changes: ColorBrewer RdBu, C. Brewer and
    M. Harrower.</p>
    <p>Log of unexpected errors: {log_file()}</p>
    """

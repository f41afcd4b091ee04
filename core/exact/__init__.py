"""Exact smallest changes, and what is built on them: curves, pairs, repair.

A tie is not enough. A size is the limit of those with which a class is ahead of the one to be
overtaken, or of all others toward that class: at the size itself they tie, and a little more
decides. Where at most a tie can be reached, in the box or of classes with equal weights, no change
is enough and the size is infinite; in every norm, in the box and without it. Whether a class can be
ahead of all others is a property of the class, not of the image (:mod:`core.exact.solver.ahead`).
"""

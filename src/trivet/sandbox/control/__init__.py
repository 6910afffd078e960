"""The control page, ``/sandbox/``: look at all there is in this pretend Globus, and change it, in a browser.

Each page has a file of its own; who may open them is decided in ``gate.py``. What they do to the world is done by the
world, so that a test or a program can do the same without a page.
"""

"""What a test can ask the sandbox to do wrong: requests that fail, and ID tokens that a client has to refuse.

These are the lists of what was asked for: ``Sandbox`` adds to them, the front door and the ID token act on them. What
is merely unknown about Globus is no script but a switch, in ``switches.py``.
"""

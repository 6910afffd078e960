"""Globus Groups, version 2: whose groups are these, who is in them, and who lets whom in (``GroupsClient``).

``routes.py`` says what is answered where, ``rights.py`` who may do what, ``actions.py`` what happens to memberships,
and ``documents.py`` how it is written. The groups themselves are in ``world/``.
"""

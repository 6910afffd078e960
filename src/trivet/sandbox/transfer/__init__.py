"""Globus Transfer, version 0.10: find collections, describe them, list directories, make and rename what is in them.

It owns the documents, the errors, and the jail that keeps every path inside its collection; ``admission.py`` decides
whose files are whose. Which collections there are is for ``world/`` to say, and whose token came along for ``http/``.
"""

"""Globus Transfer, version 0.10, the parts that only read: find collections, describe them, list directories.

It owns the documents, the errors, and the jail that keeps a listing inside its collection. Which collections there are
is for ``world/`` to say, and whose token came along for ``http/``.
"""

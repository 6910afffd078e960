"""Globus Transfer, version 0.10: find collections, look into them and change what is there, at once or by tasks.

It owns the documents and the errors; ``admission.py`` decides whose files are whose. What takes longer than a request
it hands to ``carrier/``, and every path goes through the jail in ``files/``. What there is, ``world/`` says.
"""

"""What every request has in common, whichever service it is for: a log record, perhaps a fault, perhaps a token.

The headers that answers get are here too, and the answers where the sandbox has nothing. What a request means is for
``auth/`` and ``transfer/``; listening is in ``serving.py``; records and faults are kept in ``world/`` and ``script/``.
"""

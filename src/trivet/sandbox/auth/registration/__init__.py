"""Registration by program: projects, and the clients, credentials, scopes and policies in them, for ``AuthClient``.

``body.py`` reads what is posted and ``management.py`` says who may do what; the other files are one resource each.
What a client may then do at the token endpoint is up to ``auth/``; all of it is kept in ``world/``.
"""

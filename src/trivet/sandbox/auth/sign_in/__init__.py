"""What a person's browser passes through: authorize, account picker, consent, the way back, and signing out.

``authorize.py`` draws the way, ``judging.py`` says who may set out on it, and ``pages.py`` fills in the templates that
stand beside ``app.py``. It ends where a code is handed out: what a code buys is up to ``auth/``.
"""

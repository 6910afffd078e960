"""
The portal: sign in with Globus, see who you are, find collections, browse files, send them elsewhere.

An ordinary Flask application, meant to be copied: it uses only what Trivet documents. `create_app` puts it together;
each page has a module of its own, and `extensions` holds the objects they share.

    home          what this is, and the way in
    dashboard     who you are, and what the portal may do for you
    collections   search, and your own
    files         one folder of one collection
    send          from there to another collection
    tasks         what was sent, and how it is getting on
    sessions      where you are signed in, and the end of it
"""

from trivet.portal.app import create_app

__all__ = ["create_app"]

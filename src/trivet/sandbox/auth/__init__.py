"""Globus Auth, as programs call it: the token endpoint and its grants, revoke, introspect, userinfo, discovery.

Each endpoint is a file of its own name. The generic part of OAuth is Authlib's, attached in ``oauth_server.py``; what
people meet in their browsers is in ``sign_in/``; what is remembered is in ``world/``.
"""

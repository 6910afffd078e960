"""A local Globus for tests and demos: Auth, and the parts of Transfer that only read.

Unmodified clients (globus-sdk, browsers) talk to it over HTTP. It owns the people, clients, collections, tokens and
pages of one pretend Globus, and it shares no code with the rest of trivet: a misreading of the protocol made on one
side of the wire must not be repeated, and so hidden, on the other.

    from trivet.sandbox import Sandbox

    with Sandbox() as globus:
        print(globus.url, globus.environ)
"""

from trivet.sandbox.server import Sandbox

__all__ = ["Sandbox"]

"""A local Globus for tests and demos: Auth, Groups and Transfer.

Unmodified clients (globus-sdk, browsers) talk to it over HTTP. It owns the people, clients, collections, tokens and
pages of one pretend Globus, and it shares no code with the rest of trivet: a misreading of the protocol made on one
side of the wire must not be repeated, and so hidden, on the other.

    from trivet.sandbox import Sandbox

    with Sandbox() as globus:
        print(globus.url, globus.environ)

Where things are; each imports only from what stands below it:

    command  remote             run it from a shell, or ask one that runs elsewhere
    server  bending             start it from a test, and bend it
    running  app  serving       put together and taken down; the routes; the threads that serve them
    visiting/                   somebody at a browser, for tests
    auth/  groups/  transfer/   what each service of Globus answers; the pages people see are in ``auth/sign_in/``
    control/                    the control page, and who may open it
    http/  seed/                what every request has in common; what a sandbox begins with
    carrier/  files/            who does what takes longer than a request; how a file is touched without leaving
    world/                      who and what there is, and what has been issued
    surface/                    what of Globus is here and what is not, and how sure we are of each part
    script/  switches  address  what a test may bend; what nobody knows of Globus; where the sandbox may be
"""

from trivet.sandbox.server import Sandbox
from trivet.sandbox.visiting.errors import VisitError
from trivet.sandbox.world.clock import ClockError

__all__ = ["ClockError", "Sandbox", "VisitError"]

"""What this pretend Globus knows: people, clients, collections, groups; sessions, consents, codes, tokens, tasks, keys.

All of it hangs on one ``World``, behind one lock and one clock. No web framework is known here, and nothing is decided
about who may have what: that is for the routes of each service. ``seed/`` says what it begins with.
"""

from trivet.sandbox.world.world import Inhabitants, World

__all__ = ["Inhabitants", "World"]

"""
The tests that every store passes, one promise each.

To prove a store of your own, inherit them and say how to open it::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self) -> Iterator[Store]:
            store = MyStore(...)
            yield store
            store.close()

The store need not be empty: every test makes up its own ids. Times are those of the real clock, but for tests that look
for what is due, which do so long ago and leave nothing behind.
"""

from trivet.store import Store
from trivet.store.contract.crowd import CrowdContract
from trivet.store.contract.ending import EndingContract
from trivet.store.contract.kept import KeptContract
from trivet.store.contract.leases import LeaseContract
from trivet.store.contract.outbox import OutboxContract
from trivet.store.contract.racing import together
from trivet.store.contract.records import a_revocation, a_session, a_token
from trivet.store.contract.replacing import ReplacingContract
from trivet.store.contract.sessions import SessionContract
from trivet.store.contract.spending import SpendingContract
from trivet.store.contract.tokens import TokenContract

__all__ = ["StoreContract", "a_revocation", "a_session", "a_token", "together"]


class StoreContract(
    SessionContract,
    EndingContract,
    ReplacingContract,
    TokenContract,
    OutboxContract,
    KeptContract,
    SpendingContract,
    LeaseContract,
    CrowdContract,
):
    """What `trivet.store.Store` promises. A subclass brings a fixture called ``store``."""

    def test_closing_twice_is_fine(self, store: Store) -> None:
        """Whoever tidies up need not know whether somebody already has."""
        store.close()
        store.close()

"""The outbox: what is to be revoked is claimed by one, comes back when that one dies, and stays until it is settled."""

import secrets
from dataclasses import replace

from trivet.store import RevocationRecord, Store
from trivet.store.contract.racing import ROUNDS, THREADS, together
from trivet.store.contract.records import AUTH, GROUPS, TRANSFER, a_revocation, everything

LONG_AGO = 1_000  # so that what these tests look for is due before anything that others have left


class OutboxContract:
    def test_a_revocation_is_claimed_as_it_was_added(self, store: Store) -> None:
        """What goes in comes out, one attempt more, and due again when the claim runs out."""
        revocation = a_revocation(sub="Zoë", due_at=LONG_AGO)
        store.add_revocation(revocation)
        assert everything(store.scan_revocations).count(revocation) == 1
        (claimed,) = store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10)
        assert claimed == replace(revocation, due_at=LONG_AGO + 30, attempts=1)
        assert everything(store.scan_revocations).count(claimed) == 1
        store.settle_revocation(claimed)

    def test_adding_again_changes_nothing(self, store: Store) -> None:
        """One record for each session and resource server, the first, whatever became of it since."""
        first = a_revocation(due_at=LONG_AGO)
        store.add_revocation(first)
        (claimed,) = store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10)
        store.add_revocation(first)
        store.add_revocation(replace(first, sealed=b"other", due_at=LONG_AGO))
        assert _of(store, first.session_id) == [claimed]
        store.settle_revocation(claimed)

    def test_a_revocation_is_due_at_its_second(self, store: Store) -> None:
        """One second before, nobody gets it; from the second itself on, somebody does."""
        revocation = a_revocation(due_at=LONG_AGO)
        store.add_revocation(revocation)
        assert store.claim_revocations(now=LONG_AGO - 1, until=LONG_AGO, limit=10) == []
        assert len(store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10)) == 1
        store.settle_revocation(revocation)

    def test_a_claim_that_is_not_settled_comes_back(self, store: Store) -> None:
        """Until the claim runs out nobody else gets it; then somebody does, again and again, and attempts add up."""
        revocation = a_revocation(due_at=LONG_AGO)
        store.add_revocation(revocation)
        for attempt in range(1, 5):
            now = LONG_AGO + 30 * attempt
            assert store.claim_revocations(now=now - 31, until=now, limit=10) == []
            (claimed,) = store.claim_revocations(now=now, until=now + 30, limit=10)
            assert claimed == replace(revocation, due_at=now + 30, attempts=attempt)
        store.settle_revocation(revocation)

    def test_the_longest_due_are_claimed_first(self, store: Store) -> None:
        """With more due than the limit says, the calls take them in the order in which they came due."""
        revocations = [a_revocation(due_at=LONG_AGO - seconds) for seconds in (2, 5, 1, 4, 3)]
        for revocation in revocations:
            store.add_revocation(revocation)
        in_order = sorted(revocations, key=lambda revocation: revocation.due_at)
        claimed = [store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=2) for _ in range(4)]
        ids = [[each.session_id for each in some] for some in claimed]
        assert ids == [[each.session_id for each in some] for some in (in_order[:2], in_order[2:4], in_order[4:], [])]
        for revocation in revocations:
            store.settle_revocation(revocation)

    def test_one_sessions_revocations_are_claimed_alone(self, store: Store) -> None:
        """Asked for one session's, a claim returns those that are due, and leaves all others for the next."""
        ours, other = secrets.token_urlsafe(32), a_revocation(due_at=LONG_AGO)
        due = [a_revocation(session_id=ours, resource_server=server, due_at=LONG_AGO) for server in (AUTH, TRANSFER)]
        later = a_revocation(session_id=ours, resource_server=GROUPS, due_at=LONG_AGO + 1)
        for revocation in (other, later, *due):
            store.add_revocation(revocation)
        claimed = store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10, session_id=ours)
        assert _sorted(claimed) == [replace(each, due_at=LONG_AGO + 30, attempts=1) for each in due]
        assert store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10, session_id=ours) == []
        (left,) = store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10)
        assert left.session_id == other.session_id
        for revocation in (other, later, *due):
            store.settle_revocation(revocation)

    def test_one_sessions_claims_have_a_limit(self, store: Store) -> None:
        """Here too no more are returned than were asked for."""
        ours = secrets.token_urlsafe(32)
        for server in (AUTH, GROUPS, TRANSFER):
            store.add_revocation(a_revocation(session_id=ours, resource_server=server, due_at=LONG_AGO))
        counts = [
            len(store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=2, session_id=ours)) for _ in range(3)
        ]
        assert counts == [2, 1, 0]
        for revocation in _of(store, ours):
            store.settle_revocation(revocation)

    def test_exactly_one_of_many_claims_a_revocation(self, store: Store) -> None:
        """However many claim together, some all, some one session's, each revocation is claimed once."""
        for _ in range(ROUNDS):
            revocations = [a_revocation(due_at=LONG_AGO) for _ in range(THREADS)]
            for revocation in revocations:
                store.add_revocation(revocation)

            def claim(session_id: str | None) -> list[RevocationRecord]:
                return store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=3, session_id=session_id)

            ids = [None, None, revocations[0].session_id] * 3
            claimed = together(*[lambda of=of: claim(of) for of in ids])
            while some := claim(None):  # what was passed over because somebody else was looking at it
                claimed.append(some)
            found = [each for some in claimed for each in some]
            assert sorted(each.session_id for each in found) == sorted(each.session_id for each in revocations)
            assert {each.attempts for each in found} == {1}
            for revocation in revocations:
                store.settle_revocation(revocation)

    def test_a_postponed_revocation_is_due_later(self, store: Store) -> None:
        """It comes back at the second that was said, be that before or after the end of the claim."""
        revocation = a_revocation(due_at=LONG_AGO)
        store.add_revocation(revocation)
        now = LONG_AGO
        for due_at in (LONG_AGO + 10, LONG_AGO + 100):
            (claimed,) = store.claim_revocations(now=now, until=now + 30, limit=10)
            store.postpone_revocation(claimed, due_at=due_at)
            assert _of(store, revocation.session_id) == [replace(claimed, due_at=due_at)]
            assert store.claim_revocations(now=due_at - 1, until=due_at + 30, limit=10) == []
            now = due_at
        assert len(store.claim_revocations(now=now, until=now + 30, limit=10)) == 1
        store.settle_revocation(revocation)

    def test_what_is_settled_stays_settled(self, store: Store) -> None:
        """It is gone for good: settling it again is fine, postponing or sealing it again brings nothing back."""
        revocation = a_revocation(due_at=LONG_AGO)
        store.add_revocation(revocation)
        for _ in range(2):
            store.settle_revocation(revocation)
            assert _of(store, revocation.session_id) == []
        store.postpone_revocation(revocation, due_at=LONG_AGO)
        assert store.reseal_revocation(revocation, b"sealed again") is False
        assert store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10) == []
        assert _of(store, revocation.session_id) == []

    def test_revocations_are_separate(self, store: Store) -> None:
        """Settling or postponing one leaves every other, of the same session or of another, as it is."""
        first = a_revocation(due_at=LONG_AGO)
        others = [replace(first, resource_server=AUTH), a_revocation(due_at=LONG_AGO)]
        for revocation in (first, *others):
            store.add_revocation(revocation)
        store.postpone_revocation(first, due_at=LONG_AGO + 60)
        store.settle_revocation(first)
        for other in others:
            assert _of(store, other.session_id) == [other]
            store.settle_revocation(other)

    def test_a_settled_claim_is_not_postponed_by_the_next(self, store: Store) -> None:
        """Of one who settles and one who postpones at the same moment, whoever is first, nothing is left."""
        for _ in range(ROUNDS):
            revocation = a_revocation(due_at=LONG_AGO)
            store.add_revocation(revocation)
            together(
                lambda: store.settle_revocation(revocation),  # noqa: B023
                lambda: store.postpone_revocation(revocation, due_at=LONG_AGO + 60),  # noqa: B023
            )
            assert _of(store, revocation.session_id) == []

    # Sealing again

    def test_a_revocation_is_sealed_again(self, store: Store) -> None:
        """Other bytes take the place of the ones before, claimed or not; all else stays as it is."""
        revocation = a_revocation(due_at=LONG_AGO)
        store.add_revocation(revocation)
        (claimed,) = store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 30, limit=10)
        assert store.reseal_revocation(revocation, b"sealed again") is True
        assert _of(store, revocation.session_id) == [replace(claimed, sealed=b"sealed again")]
        assert store.reseal_revocation(revocation, b"and again") is False
        assert _of(store, revocation.session_id) == [replace(claimed, sealed=b"sealed again")]
        store.settle_revocation(revocation)

    # Looking through all

    def test_a_scan_finds_every_revocation(self, store: Store) -> None:
        """Page by page, of whatever size, due or not, claimed or not, and comes to an end."""
        session_id = secrets.token_urlsafe(32)
        revocations = [a_revocation(resource_server=server) for server in (AUTH, TRANSFER, "é.example.org") * 2]
        revocations += [a_revocation(session_id=session_id, resource_server=server) for server in (AUTH, GROUPS)]
        for revocation in revocations:
            store.add_revocation(revocation)
        for limit in (1, 100):
            found = everything(store.scan_revocations, limit=limit)
            assert all(revocation in found for revocation in revocations)

    def test_a_scan_misses_nothing_while_others_come_and_go(self, store: Store) -> None:
        """What stays is found although revocations around it are added and settled between the pages."""
        staying, leaving = [a_revocation() for _ in range(20)], [a_revocation() for _ in range(20)]
        for revocation in (*staying, *leaving):
            store.add_revocation(revocation)
        found, cursor = store.scan_revocations(limit=5)
        while cursor:
            if leaving:
                store.settle_revocation(leaving.pop())
            store.add_revocation(a_revocation())
            more, cursor = store.scan_revocations(cursor, limit=20)
            found += more
        assert all(revocation in found for revocation in staying)


def _of(store: Store, session_id: str) -> list[RevocationRecord]:
    return [each for each in everything(store.scan_revocations) if each.session_id == session_id]


def _sorted(revocations: list[RevocationRecord]) -> list[RevocationRecord]:
    return sorted(revocations, key=lambda revocation: revocation.resource_server)

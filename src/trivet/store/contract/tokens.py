"""Tokens: stored with their session, replaced version by version, sealed again."""

from trivet.store import Store, TokenRecord
from trivet.store.contract.racing import ROUNDS, THREADS, together
from trivet.store.contract.records import AUTH, GROUPS, TRANSFER, a_session, a_token


class TokenContract:
    def test_tokens_come_back_as_they_were_stored(self, store: Store) -> None:
        """All tokens of a session in the order of their resource servers, bytewise; or one by its exact name."""
        session = a_session()
        servers = ["Auth.globus.org", "auth.globus.org", "auth.globus.org.", "z", "é.example.org", "数据.example.org"]
        tokens = [a_token(session, server) for server in servers]
        store.open_session(session, tokens[::-1])
        assert store.tokens_of(session.id) == tokens
        assert [store.find_token(session.id, server) for server in servers] == tokens
        assert store.find_token(session.id, "AUTH.globus.org") is None

    def test_sealed_bytes_are_kept_to_the_last(self, store: Store) -> None:
        """A sealed token may be a megabyte of any bytes, or be empty."""
        session = a_session()
        big = TokenRecord(session.id, TRANSFER, 1, bytes(range(256)) * 4096)
        empty = TokenRecord(session.id, AUTH, 1, b"")
        store.open_session(session, [big, empty])
        assert store.find_token(session.id, TRANSFER) == big
        assert store.find_token(session.id, AUTH) == empty

    def test_a_replacement_is_the_next_version(self, store: Store) -> None:
        """Version after version takes the place of the one before, and of no other token."""
        session, other = a_session(), a_session()
        kept, apart = a_token(session, AUTH), a_token(other)
        store.open_session(session, [kept, a_token(session)])
        store.open_session(other, [apart])
        for version in (2, 3):
            replacement = a_token(session, version=version)
            assert store.replace_token(replacement) is True
            assert store.tokens_of(session.id) == [kept, replacement]
        assert store.tokens_of(other.id) == [apart]

    def test_only_the_next_version_replaces(self, store: Store) -> None:
        """A version that is late, repeated or too far ahead changes nothing."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        second = a_token(session, version=2)
        store.replace_token(second)
        for version in (0, 1, 2, 4):
            assert store.replace_token(a_token(session, version=version)) is False
        assert store.find_token(session.id, TRANSFER) == second

    def test_only_what_is_there_is_replaced(self, store: Store) -> None:
        """A replacement adds no token, neither for another resource server nor to a session that never was."""
        session = a_session()
        store.open_session(session, [a_token(session, AUTH)])
        for version in (1, 2):
            assert store.replace_token(a_token(session, version=version)) is False
            assert store.replace_token(a_token(a_session(), version=version)) is False
        assert [token.resource_server for token in store.tokens_of(session.id)] == [AUTH]

    def test_what_was_ended_is_never_brought_back(self, store: Store) -> None:
        """A refresh that comes home after the logout stores nothing."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        store.end_session(session.id, now=session.created_at)
        for version in (1, 2):
            assert store.replace_token(a_token(session, version=version)) is False
        assert store.find_token(session.id, TRANSFER) is None
        assert store.find_session(session.id) is None

    def test_exactly_one_of_many_replacements_of_a_token_wins(self, store: Store) -> None:
        """However many write the next version together, one is told so, and its token is the one that is kept."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        for version in range(2, 2 + ROUNDS):
            tokens = [a_token(session, version=version) for _ in range(THREADS)]
            won = together(*[lambda token=token: store.replace_token(token) for token in tokens])
            assert sum(won) == 1
            assert store.find_token(session.id, TRANSFER) == tokens[won.index(True)]

    # Sealing again

    def test_a_token_is_sealed_again(self, store: Store) -> None:
        """Other bytes take the place of the ones before; the version stays, and so do all other tokens."""
        session = a_session()
        token, other = a_token(session), a_token(session, AUTH)
        store.open_session(session, [token, other])
        assert store.reseal_token(token, b"sealed again") is True
        assert store.tokens_of(session.id) == [other, TokenRecord(session.id, TRANSFER, 1, b"sealed again")]
        assert store.replace_token(a_token(session, version=2)) is True

    def test_only_what_is_stored_is_sealed_again(self, store: Store) -> None:
        """A record of another version, of other bytes, of an ended session or of none changes nothing."""
        session, ended = a_session(), a_session()
        first, second, gone = a_token(session), a_token(session, version=2), a_token(ended)
        store.open_session(session, [first])
        store.replace_token(second)
        store.open_session(ended, [gone])
        store.end_session(ended.id, now=ended.created_at)
        same_bytes = TokenRecord(session.id, TRANSFER, 1, second.sealed)
        same_version = a_token(session, version=2)
        for token in (first, same_bytes, same_version, gone, a_token(session, GROUPS), a_token(a_session())):
            assert store.reseal_token(token, b"sealed again") is False
        assert store.tokens_of(session.id) == [second]
        assert store.tokens_of(ended.id) == []

    def test_a_refresh_wins_over_sealing_again(self, store: Store) -> None:
        """Of both at one moment the refresh always succeeds, and it is its token that is kept."""
        for _ in range(2 * ROUNDS):
            session = a_session()
            first, second = a_token(session), a_token(session, version=2)
            store.open_session(session, [first])
            replaced, _resealed = together(
                lambda: store.replace_token(second),  # noqa: B023
                lambda: store.reseal_token(first, b"sealed again"),  # noqa: B023
            )
            assert replaced is True
            assert store.tokens_of(session.id) == [second]

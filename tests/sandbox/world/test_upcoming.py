"""What will happen next by the clock alone, and going there."""

from __future__ import annotations

import pytest

from trivet.sandbox.world.clock import ClockError
from trivet.sandbox.world.upcoming import KINDS

HOURS_48 = 172_800


@pytest.mark.parametrize("kind", [*KINDS, "next"])
def test_nothing_to_wait_for(globus, kind):
    """At the seed nothing happens by the clock alone, and going to it says so."""
    assert globus.upcoming == []
    with pytest.raises(ClockError, match="no such moment"):
        globus.advance(to=kind)


def test_no_such_kind(globus):
    """An unknown moment is answered with those there are."""
    with pytest.raises(ClockError, match="access-token-death, refresh-token-death"):
        globus.advance(to="tea-time")


def test_death_of_an_access_token(globus, tokens):
    """The jump ends where the first access token is dead, not a moment before."""
    moment = globus.advance(to="access-token-death")
    assert moment.kind == "access-token-death"
    assert moment.what.startswith("ada's for portal at ")
    assert not globus.token_is_active(tokens["access_token"])
    assert globus.token_is_active(tokens["refresh_token"])


def test_death_of_a_refresh_token(globus, tokens, endpoint):
    """A refresh token that nobody uses dies after six months, and one that was used in the meantime later."""
    globus.advance("90d")
    endpoint.refresh(tokens["refresh_token"])
    globus.advance(to="refresh-token-death")
    transfer = tokens["other_tokens"][0]["refresh_token"]
    assert endpoint.refresh(transfer).json()["error"] == "invalid_grant"
    assert globus.token_is_active(tokens["refresh_token"])
    globus.advance(to="refresh-token-death")
    assert not globus.token_is_active(tokens["refresh_token"])


def test_death_of_a_code(globus, visitor, endpoint):
    """A code that was not redeemed in time is refused."""
    code = visitor.sign_in()["code"]
    globus.advance(to="code-death")
    assert endpoint.redeem(code).json()["error"] == "invalid_grant"


def test_a_spent_code_dies_no_more(globus, tokens):
    """What is spent or dead is not waited for."""
    assert "code-death" not in {moment.kind for moment in globus.upcoming}
    globus.advance("49h")
    assert "access-token-death" not in {moment.kind for moment in globus.upcoming}


def test_session_timeouts(globus, visitor, endpoint):
    """A sign-in grows too old for each policy, collection and group that it would do for, one after the other."""
    endpoint.redeem(visitor.sign_in(identity=2)["code"])
    waiting = [moment for moment in globus.upcoming if moment.kind == "session-timeout"]
    policy = globus.policies["lab_staff"]
    assert any(f"policy {policy.display_name}" in moment.what for moment in waiting)
    assert globus.advance(to="session-timeout") == waiting[0]
    assert waiting[0] not in globus.upcoming


def test_a_timeout_that_was_gone_to_has_passed(globus, visitor, endpoint):
    """At the moment of the timeout, and not before, the policy is not met any more."""
    token = endpoint.redeem(visitor.sign_in(identity=2)["code"]).json()["access_token"]
    policy = globus.policies["lab_staff"]

    def met():
        answer = endpoint.introspect(token, authentication_policies=policy.id)
        return answer["policy_evaluations"][policy.id]["evaluation"]

    assert met()
    while globus.advance(to="session-timeout").what != f"aquist@lab.example for policy {policy.display_name}":
        assert met()
    assert not met()


def test_deadline_of_a_task(depot):
    """A task that waits ends when its deadline has come."""
    depot.fill({"a.txt": "x"})
    with depot.globus.hold_files() as hold:
        task = depot.submit(("/a.txt", "/a.txt"))
        hold.wait_until_reached()
        assert depot.globus.advance(to="task-deadline").what.startswith("ada@u.example's transfer ")
        depot.globus.wait_for_tasks()
    assert depot.finished(task)["fatal_error"]["code"] == "EXPIRED"


def test_the_soonest_first(globus, tokens):
    """The list is in order, and ``next`` is its first."""
    waiting = globus.upcoming
    assert [moment.at for moment in waiting] == sorted(moment.at for moment in waiting)
    assert globus.advance(to="next") == waiting[0]


def test_it_tells_no_secret(globus, tokens, visitor):
    """No token or code is in what it says."""
    visitor.sign_in()
    told = repr(globus.upcoming)
    secrets = [each.value for each in (*globus.tokens, *globus.world.codes.all())]
    assert not [value for value in secrets if value[8:] in told]

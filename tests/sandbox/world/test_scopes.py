"""Which scopes there are, and which service each belongs to."""

from __future__ import annotations

from trivet.sandbox.auth.scope_strings import parse
from trivet.sandbox.world.scopes import by_resource_server, standard_scopes, unknown_scopes


def test_unknown_scopes_are_found_at_any_depth():
    """A dependency that does not exist is as unknown as a root."""
    assert unknown_scopes(parse("openid[nope] offline_access"), standard_scopes()) == ["nope"]


def test_flows_belong_to_their_host_name():
    """The flows scopes name a UUID, and their resource server is called otherwise."""
    flows = "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/run"
    assert by_resource_server(["openid", flows], standard_scopes()) == {
        "auth.globus.org": ["openid"],
        "flows.globus.org": [flows],
    }

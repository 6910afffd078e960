"""Each refusal is logged with its reason in words, also where the answer may not say it."""

from __future__ import annotations

import re

import pytest
import requests

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
GROUPS_ALL = "urn:globus:auth:scope:groups.api.globus.org:all"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def last(globus):
    """The words of the latest record, which is a refusal."""

    def find():
        record = globus.requests[-1]
        assert record.refused
        return record.reason

    return find


def _says(reason, pattern):
    assert re.search(pattern, reason), reason


@pytest.mark.parametrize(
    ("changes", "pattern"),
    [
        ({"redirect_uri": "http://localhost:5000/login/callback/"}, r"by a trailing slash: sent \S+/callback/, reg"),
        ({"redirect_uri": "https://localhost:5000/login/callback"}, r"its scheme \(https, not http\): sent https"),
        (
            {"redirect_uri": "http://127.0.0.1:5000/login/callback"},
            r"its host \(127.0.0.1, not localhost, which is the",
        ),
        ({"redirect_uri": "http://localhost:5001/login/callback"}, r"its port \(5001, not 5000\)"),
        ({"redirect_uri": "http://localhost/login/callback"}, r"its port \(none, not 5000\)"),
        ({"redirect_uri": "http://localhost:5000/Login/callback"}, "upper and lower case in its path"),
        ({"redirect_uri": "http://localhost:5000/x?y"}, "its path and its query"),
        ({"redirect_uri": "http://LOCALHOST:5000/login/callback"}, "by the way it is written"),
        ({"redirect_uri": "http://[/"}, "not being an address"),
        ({"client_id": "portal"}, "“portal” is an application's name in the seed; its client_id is [0-9a-f-]{36}"),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, "No application has the client_id 00000000-"),
        ({"client_id": "s3cret"}, "^The client_id is not a UUID.$"),
        ({"scope": "opnid"}, r"The scope opnid does not exist; did you mean openid\?"),
        ({"scope": "openid transfer.api.globus.org:all"}, rf"did you mean {TRANSFER_ALL}\?"),
        ({"scope": "openid["}, "grammar: a bracket is empty or never closed"),
        ({"scope": ["openid", "email"]}, "Sent more than once: scope"),
        ({"prompt": "none"}, "Nobody is signed in in this browser"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "code_challenge"),
    ],
)
def test_authorize(visitor, last, changes, pattern):
    """What is wrong with an authorize address, compared with what would have been right."""
    visitor.visit(**changes)
    _says(last(), pattern)


def test_no_registered_address(globus, visitor, last):
    """An application without any address is told apart from one with another."""
    globus.clients["portal"].redirect_uris.clear()
    visitor.visit()
    assert last() == "No redirect address is registered for this application."


def test_silent_refusals(globus, visitor, last):
    """``prompt=none``: who has not agreed to what, or which demand the session does not meet."""
    visitor.sign_in(scope="openid")
    visitor.visit(prompt="none")
    _says(last(), f"ada@uni.example has not agreed to everything in .*{TRANSFER_ALL}")
    visitor.visit(scope="openid", access_type=None, prompt="none", session_required_mfa="true")
    _says(last(), "asks for a sign-in and a second factor, and ada@uni.example has not done that")


def test_stale_pages(globus, visitor, new_visitor, last):
    """Forms from nowhere, from another browser, and from before."""
    page = visitor.visit()
    requests.get(f"{globus.url}/sandbox/sign-in?attempt=x")
    _says(last(), "not known here: it sent no cookie")
    visitor.visit(f"{globus.url}/sandbox/consent?attempt=x")
    _says(last(), "did not begin in this browser")
    done = visitor.identify(page)
    visitor.press(done, "decision", "allow")
    visitor.press(done, "decision", "allow")
    _says(last(), "has had its answer already")


def test_codes(globus, visitor, endpoint, last):
    """Used already and when, expired and since when, another client's, unknown, for another address."""
    code = visitor.sign_in()["code"]
    endpoint.redeem(code)
    endpoint.redeem(code)
    _says(last(), r"^The code was used already at \d\d:\d\d:\d\d UTC; what it gave is revoked now.$")
    code = visitor.sign_in()["code"]
    globus.advance(globus.world.switches.code_seconds + 180)
    endpoint.redeem(code)
    _says(last(), r"^The code expired 3 minutes ago, at \d\d:\d\d:\d\d UTC.$")
    code = visitor.sign_in()["code"]
    endpoint.redeem(code, client="gateway")
    _says(last(), f"issued to “{globus.clients['portal'].name}”, and “{globus.clients['gateway'].name}” sent it")
    endpoint.redeem("x")
    _says(last(), "^The code is unknown: ")
    endpoint.redeem(code, redirect_uri="http://localhost:5000/login/callback/")
    _says(last(), "by a trailing slash: sent .*/callback/, the code went to .*/callback")
    endpoint.post(grant_type="authorization_code", code=visitor.sign_in()["code"])
    _says(last(), "^The redirect_uri is missing; the code went to http")


def test_verifiers(visitor, endpoint, pkce, last):
    """Missing, malformed, another one, and one that nobody asked for."""
    for verifier, words in (("", "is missing"), ("short", "not 43 to 128"), ("x" * 43, "does not match")):
        endpoint.redeem(visitor.sign_in(**pkce.asked)["code"], code_verifier=verifier)
        _says(last(), words)
    endpoint.redeem(visitor.sign_in()["code"], code_verifier=pkce.verifier)
    _says(last(), "began without a code_challenge")


def test_refresh_tokens(globus, tokens, endpoint, last):
    """Access token instead, another client's, more scopes than it has, revoked and why, expired, unknown."""
    refresh = tokens["refresh_token"]
    endpoint.refresh(tokens["access_token"])
    assert last() == "This is an access token; a refresh token belongs here."
    endpoint.refresh(refresh, client="gateway")
    _says(last(), "another client's, and “.*” sent it")
    endpoint.refresh(refresh, scope=f"openid {GROUPS_ALL}")
    assert last() == f"The refresh token was not issued with {GROUPS_ALL}."
    endpoint.refresh("AgSBXnobody")
    _says(last(), "another sandbox issued it, or this one before it was reset")
    endpoint.refresh("Ag0real")
    _says(last(), "not one of a sandbox's at all")
    globus.rescind("ada", "portal", "openid")
    endpoint.refresh(refresh)
    assert last() == "The refresh token for auth.globus.org was revoked: the consent to openid was rescinded."
    globus.advance(200 * 86_400)
    endpoint.refresh(tokens["other_tokens"][0]["refresh_token"])
    _says(last(), "^The refresh token for transfer.api.globus.org expired 18 days ago")


def test_clients(globus, endpoint, last):
    """The secret is wrong, in the wrong place or missing; the client is public, unknown, or no UUID."""
    address, portal, native = f"{globus.url}/v2/oauth2/token", globus.clients["portal"], globus.clients["notebook"]

    def ask(auth=None, **form):
        requests.post(address, data={"grant_type": "refresh_token", "refresh_token": "x", **form}, auth=auth)
        return last()

    assert ask((portal.id, "x")) == f"The client secret is wrong for “{portal.name}”."
    assert ask(client_id=portal.id) == f"“{portal.name}” has a secret, and did not send it."
    _says(ask(client_id=portal.id, client_secret=portal.secret), "came in the form")
    _says(ask((native.id, "x")), "is public and has no secret")
    _says(ask(("00000000-0000-4000-8000-000000000000", "x")), "No application has the client_id")
    assert ask((portal.secret, portal.id)) == "The client_id is not a UUID."
    _says(ask(), "Neither an Authorization header nor a client_id")
    portal.credentials.clear()
    _says(ask((portal.id, "x")), "no secret any more")


def test_forms(globus, endpoint, last):
    """A parameter sent twice is named, and so is the type of a body that is no form."""
    portal = globus.clients["portal"]
    address = f"{globus.url}/v2/oauth2/token"
    requests.post(address, data="code=a&code=b&scope=c", headers=FORM, auth=(portal.id, portal.secret))
    assert last() == "Sent more than once: code."
    requests.post(address, json={"code": "a"}, auth=(portal.id, portal.secret))
    assert last() == "The body is application/json, and not application/x-www-form-urlencoded."
    endpoint.post(grant_type="client_credentials", scope="opnid")
    _says(last(), r"The scope opnid does not exist; did you mean openid\?")


@pytest.mark.parametrize(
    ("path", "server"),
    [
        ("/v0.10/endpoint_search", "transfer.api.globus.org"),
        ("/v2/groups/my_groups", "groups.api.globus.org"),
        ("/v2/oauth2/userinfo", "auth.globus.org"),
        ("/v2/api/identities?ids=x", "auth.globus.org"),
    ],
)
def test_bearer_tokens(globus, endpoint, sign_in, tokens, last, path, server):
    """None, not Bearer, a refresh token, another service's, expired, unknown; the same words at every service."""

    def ask(header):
        requests.get(globus.url + path, headers={"Authorization": header} if header else {})
        return last()

    elsewhere = sign_in(scope=TRANSFER_ALL if server == "auth.globus.org" else "openid")
    found = re.search(r"\S+\.globus\.org", elsewhere["resource_server"])
    assert ask("") == "No Authorization header came."
    assert ask("Digest x") == "The Authorization header is not Bearer."
    assert ask(f"Bearer {tokens['refresh_token']}") == "This is a refresh token; an access token belongs here."
    assert ask(f"Bearer {elsewhere['access_token']}") == f"The token is for {found[0]}, this is {server}."
    _says(ask("Bearer x"), "unknown, and not one of a sandbox's")
    globus.advance(49 * 3600)
    _says(ask(f"Bearer {elsewhere['access_token']}"), rf"^The access token for {found[0]} expired 1 hour ago, at \d\d:")


def test_scopes_of_tokens(globus, sign_in, last):
    """A token for the right service with the wrong scope: what it carries, and what would do."""
    narrow = sign_in(scope="urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships")["access_token"]
    group = globus.groups["observers"].id
    requests.get(f"{globus.url}/v2/groups/{group}", headers={"Authorization": f"Bearer {narrow}"})
    _says(last(), f"carries .*view_my_groups_and_memberships, and this needs {GROUPS_ALL}")
    narrow = sign_in(scope="email")["access_token"]
    requests.get(f"{globus.url}/v2/oauth2/userinfo", headers={"Authorization": f"Bearer {narrow}"})
    assert last() == "The token carries email, and this needs openid."


def test_collections(globus, ask_transfer, last):
    """A missing consent, another session, somebody else's: whose, where and what."""

    def ask(name):
        ask_transfer(f"operation/endpoint/{globus.collections[name].id}/ls")
        return last()

    _says(ask("tape"), "ada@uni.example has not agreed that “.*” reaches their data on “.*” .data_access")
    demanding = [each.key for each in globus.collections.values() if each.assurance and each.assurance.condition.mfa]
    _says(ask(demanding[0]), "asks for .*second factor, which the token's session does not have")
    ask_transfer("endpoint/00000000-0000-4000-8000-000000000000")
    _says(last(), "No such endpoint")


def test_tokens_that_are_asked_about(globus, tokens, endpoint):
    """Introspection, validation and revocation answer that a token is dead, and the log says why."""
    access = tokens["access_token"]
    endpoint.introspect("x")
    _says(globus.requests[-1].reason, "unknown")
    endpoint.post("/revoke", client="gateway", token=access)
    assert globus.requests[-1].reason == "The token is another client's, and was left alone."
    endpoint.post("/validate", client="gateway", token=access)
    assert globus.requests[-1].reason == "The token is another client's."
    endpoint.post("/revoke", token=access)
    assert globus.requests[-1].reason is None
    endpoint.introspect(access)
    _says(globus.requests[-1].reason, "was revoked: the application revoked it")


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", "/nowhere", "There is nothing at /nowhere."),
        ("DELETE", "/jwk.json", "/jwk.json takes GET, HEAD, OPTIONS, and not DELETE."),
        ("GET", "/v2/api/nothing", "The sandbox does not have this call"),
    ],
)
def test_addresses(globus, last, method, path, words):
    """Nothing there, the wrong method, or something that Globus has and the sandbox lacks."""
    requests.request(method, globus.url + path)
    assert last().startswith(words)


def test_codes_for_programs(globus, visitor, endpoint, ask_transfer):
    """The record has the code of the answer too, in the words of the service that gave it."""
    endpoint.redeem("x")
    visitor.visit(redirect_uri="http://x/")
    visitor.visit(response_type="token")
    ask_transfer("endpoint/x")
    requests.get(f"{globus.url}/v2/groups/my_groups")
    requests.get(f"{globus.url}/v2/oauth2/userinfo")
    found = [each.error for each in globus.requests if each.refused]
    assert found == [
        "invalid_grant",
        "OAUTH_AUTH_REQUEST_FAILURE",
        "unsupported_response_type",
        "EndpointNotFound",
        "AUTHENTICATION_ERROR",
        "FORBIDDEN",
    ]


def test_no_reason_holds_a_secret(globus, visitor, endpoint, tokens, pkce):
    """Whatever was sent where it does not belong, the words do not repeat it."""
    portal = globus.clients["portal"]
    secrets = [portal.secret, tokens["access_token"], tokens["refresh_token"], pkce.verifier]
    for each in secrets:
        endpoint.redeem(each, code_verifier=each)
        endpoint.refresh(each)
        endpoint.post("/introspect", token=each)
        requests.get(f"{globus.url}/v2/oauth2/userinfo", headers={"Authorization": each})
        requests.post(f"{globus.url}/v2/oauth2/token", data={"grant_type": each}, auth=(each, each))
        endpoint.post(grant_type=each)
    text = " ".join(f"{each.reason} {each.error} {each.authorization}" for each in globus.requests)
    assert not [each for each in secrets if each in text]


def test_looking_at_the_control_page_is_no_request_of_anybodys(globus):
    """The log is about what applications do; who reads it, or loads its style sheet, does not push that out."""
    for path in ("/sandbox/", "/sandbox/people", "/sandbox/static/sandbox.css"):
        requests.get(globus.url + path)
    assert globus.requests == []

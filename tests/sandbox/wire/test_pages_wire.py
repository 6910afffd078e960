"""The authorize page and what HTTP itself may throw at a server, byte by byte."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import quote

import pytest

from sandbox.wire.conftest import Row, send

CALLBACK = "http://localhost:5000/login/callback"
ASK = "GET /v2/oauth2/authorize?client_id={portal}&response_type=code&scope=openid&redirect_uri="
GOOD = ASK + "{callback}"
MISMATCH = {"status": 400, "page": "Mismatching redirect URI."}
UNKNOWN_SCOPE = {"status": 400, "page": "Unknown scope(s)"}
BACK = {"status": 302}

ADDRESSES = [
    ("somebody before the host", "RFC 9700 2.1", "http://localhost:5000@evil.example/login/callback"),
    ("a name and a password", "RFC 9700 2.1", "http://a:b@localhost:5000/login/callback"),
    ("a backslash", "RFC 9700 2.1", "http://localhost:5000\\@evil.example/login/callback"),
    ("an escaped slash", "RFC 9700 2.1", "http://localhost:5000/login%2Fcallback"),
    ("a letter escaped", "RFC 9700 2.1", "http://localhost:5000/login/%63allback"),
    ("two slashes", "RFC 9700 2.1", "http://localhost:5000//login/callback"),
    ("a dot after the host", "RFC 9700 2.1", "http://localhost.:5000/login/callback"),
    ("the scheme in capitals", "RFC 9700 2.1", "HTTP://localhost:5000/login/callback"),
    ("the other scheme", "RFC 9700 2.1", "https://localhost:5000/login/callback"),
    ("no scheme", "RFC 9700 2.1", "//localhost:5000/login/callback"),
    ("the usual port left out", "RFC 9700 2.1", "http://localhost/login/callback"),
    ("a question mark alone", "RFC 9700 2.1", "http://localhost:5000/login/callback?"),
    ("a space before", "RFC 9700 2.1", " http://localhost:5000/login/callback"),
    ("a line break after", "RFC 9700 2.1", "http://localhost:5000/login/callback\r\n"),
    ("a null byte after", "RFC 9700 2.1", "http://localhost:5000/login/callback\0"),
    ("the page for copying, for a server", "globus-sdk native_app", "{here}/v2/web/auth-code"),
    ("loopback at another port, for a server", "RFC 8252 7.3", "http://localhost:5003/login/callback"),
]

HTML = "%3Cscript%3E"
ESCAPED = "&lt;script&gt;"
S256 = "&code_challenge_method=S256&code_challenge="
SHOWN = {"status": 400, "page": ESCAPED}

QUESTIONS = [
    ("a state that would be a header", "RFC 6749 4.1.2", GOOD + "&access_type=x&state=a%0d%0aSet-Cookie:%20x=1", BACK),
    ("a page for a state of HTML", "RFC 6749 10.14", GOOD + f"&state={HTML}", {"status": 200}),
    ("a message of HTML", "RFC 6749 10.14", GOOD + f"&session_message={HTML}", {"status": 200, "page": ESCAPED}),
    ("a scope of HTML", "RFC 6749 10.14", GOOD.replace("openid", HTML), SHOWN),
    ("an address of HTML", "RFC 6749 10.14", ASK + f"%22%3E{HTML}", SHOWN),
    ("a tab between scopes", "RFC 6749 3.3", GOOD.replace("openid", "openid%09email"), UNKNOWN_SCOPE),
    ("the hybrid flow", "OIDC Core 3.3", GOOD.replace("=code", "=code%20token"), BACK),
    ("none beside another prompt", "OIDC Core 3.1.2.1", GOOD + "&prompt=none%20login", BACK),
    ("nobody there, and nobody to be asked", "OIDC Core 3.1.2.6", GOOD + "&prompt=none", BACK),
    ("nonce twice", "OIDC Core 3.1.2.1", GOOD + "&nonce=a&nonce=a", BACK),
    ("the implicit flow", "OIDC Core 3.2", GOOD.replace("=code", "=id_token%20token") + "&nonce=a", BACK),
    ("no response type", "RFC 6749 3.1.1", GOOD.replace("response_type=code", "x=y"), BACK),
    ("no scope", "Globus Auth Developer Guide", GOOD.replace("scope=openid", "x=y"), BACK),
    ("an access type nobody knows", "Globus Auth Developer Guide", GOOD + "&access_type=always", BACK),
    ("plain PKCE", "RFC 7636 4.2", GOOD + "&code_challenge={verifier}", BACK),
    ("S256 in small letters", "RFC 7636 4.3", GOOD + S256.replace("S256", "s256") + "{challenge}", BACK),
    ("a challenge with padding", "RFC 7636 4.2", GOOD + S256 + "{challenge}%3D", BACK),
]

GET_ONLY = {"status": 405, "has": {"Allow": "GET"}}
POST_ONLY = {"status": 405, "has": {"Allow": "POST"}}
IN_DISGUISE = {**POST_ONLY, "headers": {"X-HTTP-Method-Override": "POST"}}

LOGOUT = "GET /v2/web/logout?client_id={portal}&redirect_name=x&redirect_uri="

METHODS = [
    ("no DELETE of the token endpoint", "RFC 9110 15.5.6", "DELETE /v2/oauth2/token/validate", POST_ONLY),
    ("no PATCH of userinfo", "RFC 9110 15.5.6", "PATCH /v2/oauth2/userinfo", GET_ONLY),
    ("no PUT of the code page", "RFC 9110 15.5.6", "PUT /v2/web/auth-code", GET_ONLY),
    ("no DELETE of identities", "RFC 9110 15.5.6", "DELETE /v2/api/identities", GET_ONLY),
    ("TRACE repeats nothing", "RFC 9110 9.3.8", "TRACE /v2/oauth2/userinfo", GET_ONLY),
    ("a method nobody knows", "RFC 9110 15.6.2", "BREW /v2/oauth2/token", POST_ONLY),
    ("a method in disguise", "RFC 9110 9.1", "GET /v2/oauth2/token", IN_DISGUISE),
    ("OPTIONS does nothing", "RFC 9110 9.3.7", "OPTIONS /v2/oauth2/token", {"status": 200, "has": {"Allow": "POST"}}),
    ("HEAD of a page", "RFC 9110 9.3.2", "HEAD /v2/web/auth-code", {"status": 200}),
    ("HEAD of the keys", "RFC 9110 9.3.2", "HEAD /jwk.json", {"status": 200}),
    ("a slash too many", "RFC 3986 6.2", "POST /v2/oauth2/token/", {"status": 501}),
    ("paths are case-sensitive", "RFC 3986 6.2.2.1", "GET /JWK.JSON", {"status": 404}),
    ("logging out leads nowhere else", "RFC 9700 4.11", LOGOUT + "https://evil.example/", {"status": 200}),
    ("nor to a script", "RFC 9700 4.11", LOGOUT + "javascript:alert(1)", {"status": 200}),
    ("what is private to Globus", "Globus Auth API Reference", "GET /p/login", {"status": 404}),
]


@pytest.mark.parametrize(("promise", "source", "address"), ADDRESSES, ids=[each[0] for each in ADDRESSES])
def test_redirect_uris(globus, hold, promise, source, address):
    """An address that is almost registered gets a page, and no code and no error either."""
    target = ASK + quote(address.replace("{here}", globus.url), safe="").replace("{", "{{")
    answer = hold(Row(promise, source, target, **MISMATCH, auth=None))
    assert answer.headers["Location"] is None


@pytest.mark.parametrize("row", [Row(p, s, r, auth=None, **a) for p, s, r, a in QUESTIONS], ids=str)
def test_authorize(hold, row):
    """Each row is a page with nothing to run, or goes back to the application with an error and no code."""
    answer = hold(row)
    if row.status == 302:
        assert answer.headers["Location"].startswith(f"{CALLBACK}?error=")
        assert "code=" not in answer.headers["Location"]
        assert answer.headers["Set-Cookie"] is None


@pytest.mark.parametrize("row", [Row(p, s, r, auth=None, **a) for p, s, r, a in METHODS], ids=str)
def test_methods_and_paths(hold, row):
    """Each row is refused or answered without a word more than it says."""
    hold(row)


def test_the_host_header_decides_nothing(globus):
    """Whatever a client says it is talking to, the issuer is the one that was configured (OpenID Discovery 4.3)."""
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    answer = send(globus, "GET", "/.well-known/openid-configuration", headers)
    assert answer.json["issuer"] == globus.url
    assert b"evil" not in answer.body


POST = b"POST /v2/oauth2/token HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET /jwk.json HTTP/1.1\r\n"

RAW = [
    ("two lengths", POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("a length and chunks", POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("an encoding nobody has", POST + b"Transfer-Encoding: rot13\r\n\r\nx", 501),
    ("a length that is none", POST + b"Content-Length: -1\r\n\r\n", 400),
    ("a length that nobody can read", POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
    ("a header without a colon", GET + b"Host x\r\n\r\n", 400),
    ("a space before a colon", GET + b"Host : x\r\n\r\n", 400),
    ("a request line of one word", b"HELLO\r\n\r\n", 400),
    ("headers without end", GET + b"X: " + b"x" * 32_800 + b"\r\n\r\n", 431),
    ("an address without end", b"GET /?" + b"x" * 32_800 + b" HTTP/1.1\r\n\r\n", 431),
    ("a TLS handshake", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
]


@pytest.mark.parametrize(("promise", "sent", "status"), RAW, ids=[each[0] for each in RAW])
def test_what_is_hardly_http(globus, promise, sent, status):
    """Each is refused, and the server goes on (RFC 9112)."""
    with socket.create_connection(("127.0.0.1", int(globus.url.rpartition(":")[2])), timeout=20) as connection:
        connection.sendall(sent)
        with contextlib.suppress(OSError):  # it has hung up already
            connection.shutdown(socket.SHUT_WR)
        line = connection.makefile("rb").readline()
    assert int(line.split()[1]) == status
    assert send(globus, "GET", "/jwk.json", {}).status == 200

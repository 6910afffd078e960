"""A running sandbox per test process, back at its seed for every test, and a browser without windows."""

from __future__ import annotations

import base64
import hashlib
import http.server
import secrets
import threading
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import jwt
import pytest
import requests

from depot import Depot
from trivet.sandbox import Sandbox
from trivet.sandbox.world.scope_register import Dependency, RegisteredScope, own_scope_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLBACK = "http://localhost:5000/login/callback"
TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"


@pytest.fixture(scope="session")
def _running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def tangled(globus: Sandbox) -> str:
    """A scope of one of twelve that all need each other."""
    service = globus.clients["portal"].id
    scopes = [RegisteredScope(service, own_scope_string(service, f"tangled{n}"), "x", "") for n in range(12)]
    for scope in scopes:
        scope.dependencies += [Dependency(each.id) for each in scopes if each is not scope]
        globus.world.scopes.add(scope)
    return scopes[0].scope_string


@pytest.fixture
def globus(_running: Sandbox) -> Sandbox:
    """The sandbox, as its seed says."""
    _running.reset()
    return _running


class Form:
    """A form: hidden fields, ticked boxes, buttons."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.hidden: dict[str, str] = {}
        self.boxes: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []


class Page(HTMLParser):
    """A page as a browser sees it: forms, links, texts by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.scripts = 0
        self.by_id: dict[str, str] = {}
        self._open: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values["action"]))
        if tag == "input" and values.get("type") == "hidden":
            self.forms[-1].hidden[values["name"]] = values["value"]
        if tag == "input" and values.get("type") == "checkbox" and "checked" in values:
            self.forms[-1].boxes[values["name"]] = values["value"]
        if tag == "button":
            self.forms[-1].buttons.append((values.get("name", ""), values.get("value", "")))
        if tag == "a":
            self.links[values.get("id", "")] = values["href"]
        self.scripts += tag == "script"
        if tag not in ("input", "meta", "link"):
            self._open.append(values.get("id"))

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Every button's name and value."""
        return [button for form in self.forms for button in form.buttons]

    @property
    def hidden(self) -> dict[str, str]:
        """What the first form sends of its own."""
        return self.forms[0].hidden

    def offers(self, name: str) -> list[str]:
        """The values of the buttons of that name."""
        return [value for button, value in self.buttons if button == name]

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for each in self._open:
            if each:
                self.by_id[each] = self.by_id.get(each, "") + data


class Visitor:
    """Somebody with a browser and, like every browser, a cookie jar."""

    def __init__(self, globus: Sandbox) -> None:
        self.globus = globus
        self.http = requests.Session()
        self.http.trust_env = False  # no proxy is between us; looking for one takes longer than asking

    def url(self, **params: Any) -> str:
        """An authorize address for the portal; a parameter set to None is left out."""
        usual = {
            "client_id": self.globus.clients["portal"].id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": f"openid profile email {TRANSFER_ALL}",
            "state": "st4te",
            "access_type": "offline",
        }
        wanted = {name: value for name, value in {**usual, **params}.items() if value is not None}
        return f"{self.globus.url}/v2/oauth2/authorize?{urlencode(wanted, doseq=True)}"

    def visit(self, url: str | None = None, **params: Any) -> requests.Response:
        return self.http.get(url or self.url(**params), allow_redirects=False)

    def press(
        self, response: requests.Response, name: str, value: str, *, untick: tuple[str, ...] = ()
    ) -> requests.Response:
        """Press a button on the page, which must be there, after unticking some of its boxes."""
        [form] = [form for form in Page(response.text).forms if (name, value) in form.buttons]
        address = urljoin(response.url, form.action)
        boxes = {each: ticked for each, ticked in form.boxes.items() if each not in untick}
        return self.http.post(address, data={**form.hidden, **boxes, name: value}, allow_redirects=False)

    def follow(self, response: requests.Response) -> requests.Response:
        """Follow redirects as long as they stay at the sandbox."""
        while response.is_redirect and urljoin(response.url, response.headers["Location"]).startswith(self.globus.url):
            response = self.visit(urljoin(response.url, response.headers["Location"]))
        return response

    def identify(self, response: requests.Response, person: str = "ada", identity: int = 0) -> requests.Response:
        chosen = self.globus.people[person].identities[identity].id
        return self.follow(self.press(response, "identity", chosen))

    def sign_in(self, person: str = "ada", *, identity: int = 0, **params: Any) -> dict[str, str]:
        """Go all the way, agreeing to everything, and return what the application's callback receives."""
        response = self.follow(self.visit(**params))
        if "identity" in dict(Page(response.text).buttons):
            response = self.identify(response, person, identity)
        if ("decision", "allow") in Page(response.text).buttons:
            response = self.press(response, "decision", "allow")
        return callback(response)


def callback(response: requests.Response) -> dict[str, str]:
    """What the application's address receives from this redirect."""
    assert response.status_code == 302
    query = parse_qs(urlsplit(response.headers["Location"]).query, keep_blank_values=True)
    return {name: values[0] for name, values in query.items()}


@pytest.fixture
def visitor(globus: Sandbox) -> Visitor:
    return Visitor(globus)


@pytest.fixture
def new_visitor(globus: Sandbox) -> Callable[[], Visitor]:
    return lambda: Visitor(globus)


@pytest.fixture
def read_page() -> type[Page]:
    return Page


@pytest.fixture
def read_callback() -> Callable[[requests.Response], dict[str, str]]:
    return callback


class TokenEndpoint:
    """Raw form posts to the token endpoints."""

    def __init__(self, globus: Sandbox) -> None:
        self.globus = globus

    def post(self, path: str = "", *, client: str | None = "portal", **form: Any) -> requests.Response:
        found = self.globus.clients[client] if client else None
        auth = (found.id, found.secret) if found and found.secret else None
        return requests.post(f"{self.globus.url}/v2/oauth2/token{path}", data=form, auth=auth)

    def redeem(self, code: str, *, client: str | None = "portal", **form: Any) -> requests.Response:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **form}
        return self.post(client=client, **fields)

    def refresh(self, refresh_token: str, *, client: str | None = "portal", **form: Any) -> requests.Response:
        return self.post(client=client, grant_type="refresh_token", refresh_token=refresh_token, **form)

    def introspect(self, token: str, *, client: str | None = "portal", **form: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.post("/introspect", client=client, token=token, **form).json()
        return answer


@pytest.fixture
def endpoint(globus: Sandbox) -> TokenEndpoint:
    return TokenEndpoint(globus)


@pytest.fixture
def visit_at() -> Callable[[Sandbox], tuple[Visitor, TokenEndpoint]]:
    """For a test with a sandbox of its own: somebody with a browser there, and its token endpoint."""
    return lambda sandbox: (Visitor(sandbox), TokenEndpoint(sandbox))


class Pkce:
    """A fresh verifier and its challenge."""

    def __init__(self) -> None:
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @property
    def asked(self) -> dict[str, str]:
        return {"code_challenge": self.challenge, "code_challenge_method": "S256"}


@pytest.fixture
def pkce() -> Pkce:
    return Pkce()


@pytest.fixture
def tokens(visitor: Visitor, endpoint: TokenEndpoint) -> dict[str, Any]:
    """A token response for ada, with refresh tokens, for Auth (at top level) and Transfer."""
    answer: dict[str, Any] = endpoint.redeem(visitor.sign_in()["code"]).json()
    return answer


@pytest.fixture
def transfer_token(tokens: dict[str, Any]) -> str:
    value: str = tokens["other_tokens"][0]["access_token"]
    return value


@pytest.fixture
def ask_transfer(globus: Sandbox, transfer_token: str) -> Callable[..., requests.Response]:
    def ask(what: str, /, **params: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {transfer_token}"}
        return requests.get(f"{globus.url}/v0.10/{what}", params=params, headers=headers)

    return ask


@pytest.fixture
def sign_in(visitor: Visitor, endpoint: TokenEndpoint) -> Callable[..., dict[str, Any]]:
    """Go all the way for the portal and return its token response, ID token included."""

    def go(**params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = endpoint.redeem(visitor.sign_in(**{"scope": "openid email", **params})["code"]).json()
        return answer

    return go


@pytest.fixture
def verify_id_token(globus: Sandbox) -> Callable[[str], dict[str, Any]]:
    """Verify as a careful client does, with another JOSE library than the sandbox signs with."""

    def verify(token: str) -> dict[str, Any]:
        keys = {key["kid"]: jwt.PyJWK(key) for key in requests.get(f"{globus.url}/jwk.json").json()["keys"]}
        key = keys[jwt.get_unverified_header(token)["kid"]]
        audience = globus.clients["portal"].id
        return jwt.decode(token, key, algorithms=["RS512"], audience=audience, issuer=globus.url)

    return verify


class Clock:
    """Epoch seconds; they pass only when told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def _depot() -> Iterator[Depot]:
    depot = Depot(Clock())
    with depot.globus:
        yield depot


@pytest.fixture
def depot(_depot: Depot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depot]:
    """Collections to move files between, all empty; the clock stands still."""
    for name, value in _depot.globus.environ.items():
        monkeypatch.setenv(name, value)
    _depot.empty()
    yield _depot
    _depot.globus.reset()


class _Application(http.server.BaseHTTPRequestHandler):
    """An application that has nothing but a callback."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Back</h1>")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(name="callback")
def _listening(globus: Sandbox) -> Iterator[str]:
    """The address of an application that listens, registered for the portal."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://localhost:{server.server_port}/callback"
    globus.register_redirect_uri("portal", address)
    yield address
    server.shutdown()
    server.server_close()

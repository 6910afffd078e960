"""
The Flask adapter.

    from trivet.flask import Globus

    app = Flask(__name__)
    app.config.from_prefixed_env()
    globus = Globus(app)

It translates between Flask and the core; its duties are the list in `trivet.core`.
"""

import atexit
import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar, Unpack, overload
from urllib.parse import quote, urlsplit

from blinker import Namespace
from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    jsonify,
    render_template,
    request,
    session,
)
from globus_sdk import GlobusAPIError, NetworkError
from globus_sdk.authorizers import GlobusAuthorizer
from werkzeug.exceptions import RequestEntityTooLarge

from trivet.acting import Acting
from trivet.answer import Answer, Cookie, Page
from trivet.carry_on import MAX_BYTES
from trivet.conditions import Asked, Conditions
from trivet.config import LOOPBACK, Config
from trivet.core import Core
from trivet.errors import TrivetError
from trivet.events import EVENTS
from trivet.forecast import Forecast
from trivet.placement import Placement
from trivet.refresh import MARGIN_SECONDS
from trivet.request import Posted, Request
from trivet.sdk import AnyClient, as_trivet_error
from trivet.store import Store
from trivet.tokens import AccessToken, Grant
from trivet.user import OpenSession, User
from trivet.visit import Visit

__all__ = ["Globus", "signals"]

_VISIT = "trivet.visit"

P = ParamSpec("P")
R = TypeVar("R")

#: One signal per event of `trivet.events`, by the same name. The sender is the application, the facts are keywords.
signals = Namespace()


class Globus:
    """
    Sign-in with Globus for a Flask application.

    Args:
        app: the application, configured; or None, and `init_app` later.
        store: where sessions live, instead of the configured place.
        clock: seconds since the epoch; for tests that travel in time.

    Raises:
        ConfigError: the configuration cannot be used; says everything that is wrong.
        StoreUnavailable: the session store does not answer.
    """

    def __init__(
        self, app: Flask | None = None, *, store: Store | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._clock = clock
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Add sign-in to *app*, as the constructor does."""
        listener = functools.partial(_send_signal, app)
        core = Core(_config(app), store=self._store, listener=listener, clock=self._clock)
        atexit.register(core.close)
        app.extensions["trivet"] = core
        blueprint = _blueprint(core)
        app.register_blueprint(blueprint)
        if csrf := app.extensions.get("csrf"):
            csrf.exempt(blueprint)  # ours is the stricter check, and a form from a stale tab has to sign out too
        app.before_request(core.sweeper.start)
        app.before_request(_placing(core.placement))
        app.register_error_handler(TrivetError, _refuse)
        for kind in (GlobusAPIError, NetworkError):
            app.register_error_handler(kind, lambda error: _refuse(as_trivet_error(error), error))

    @property
    def user(self) -> User | None:
        """The signed-in user, or None. On a page that never asks, nothing is looked up."""
        return _visit().user

    @property
    def grants(self) -> list[Grant]:
        """Which Globus services this session may use, and until when; empty when nobody is signed in."""
        return _visit().grants()

    @property
    def forecast(self) -> Forecast | None:
        """When this session will next need the person, and why; None when nobody is signed in."""
        return _visit().forecast()

    @property
    def sessions(self) -> list[OpenSession]:
        """Where the signed-in user is signed in, this browser included; empty when nobody is signed in."""
        return _visit().sessions()

    def end_session(self, session_id: str) -> bool:
        """
        Sign the user out at one place, and have its tokens revoked.

        Returns:
            False, with nothing changed, when that is not the id of one of their own sessions.

        Raises:
            LoginNeeded: nobody is signed in. Likewise below.
        """
        return _visit().end_session(session_id)

    def end_other_sessions(self) -> int:
        """Sign the user out everywhere but here, and return at how many places that was."""
        return _visit().end_other_sessions()

    def sign_out_everywhere(self) -> int:
        """Sign the user out everywhere, here too; then send them to ``globus.logout``, for Globus' own sign-in."""
        return _visit().sign_out_everywhere()

    def for_session(self, session_id: str) -> Acting:
        """
        Return what acts for a signed-in user outside a request, in a job: ``client``, ``access_token`` and so on.

        It ends with the session, by `LoginNeeded`. It needs an application context, and keeps no session alive.

        Args:
            session_id: `OpenSession.id`, such as that of the current one when the job was begun.
        """
        return _core().for_session(session_id)

    @overload
    def login_required(self, view: Callable[P, R], /) -> Callable[P, R]: ...

    @overload
    def login_required(self, *, scopes: Sequence[str]) -> Callable[[Callable[P, R]], Callable[P, R]]: ...

    def login_required(self, view: Callable[P, R] | None = None, *, scopes: Sequence[str] = ()) -> Any:
        """
        Let only signed-in users see *view*; everybody else signs in first and comes back to the same address.

        With ``@globus.login_required(scopes=[...])``, only those who have granted *scopes*; others do so first.
        """
        if view is None:
            return functools.partial(self.login_required, scopes=scopes)

        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            _visit().signed_in(scopes=scopes)
            return current_app.ensure_sync(view)(*args, **kwargs)  # type: ignore[no-any-return]

        return guarded

    def require(self, **conditions: Unpack[Asked]) -> "Required":
        """
        Ask for more of whoever looks than that they are signed in: a decorator for views, or `Required.check` in one.

        Args:
            conditions: ``scopes``, ``group``, ``domain``, ``identity_provider``, ``mfa``, ``max_age`` (seconds, 60 or
                more), ``policies`` and ``message``, as `trivet.conditions.Conditions` explains them. Texts may be one
                or several.

        Raises:
            ValueError: they cannot be meant so.
        """
        return Required(Conditions.of(**conditions))

    def client(
        self, client_class: type[AnyClient], *, scopes: Sequence[str] | None = None, **options: Any
    ) -> AnyClient:
        """
        Return a Globus SDK client that acts for the signed-in user. It belongs to this request.

        Args:
            client_class: any service client of the SDK, such as `globus_sdk.TransferClient`.
            scopes: what its calls will need; the client's own default scopes when left out.
            options: further arguments of *client_class*.

        Raises:
            LoginNeeded: nobody is signed in.
            LoginNeeded, ConsentNeeded, GlobusUnavailable: also from each call of the client; let them pass, and the
                person is sent to sign in or consent and comes back to the same page.
        """
        return _visit().client(client_class, scopes=scopes, **options)

    def authorizer(self, resource_server: str, *, scopes: Sequence[str] = ()) -> GlobusAuthorizer:
        """Return an authorizer of the signed-in user, for an SDK client made by hand. It belongs to this request."""
        return _visit().authorizer(resource_server, scopes=scopes)

    def access_token(
        self, resource_server: str, *, scopes: Sequence[str] = (), for_at_least: int = MARGIN_SECONDS
    ) -> AccessToken:
        """
        Return an access token of the signed-in user that is good for at least *for_at_least* more seconds.

        Raises:
            LoginNeeded, ConsentNeeded, GlobusUnavailable: as for `client`.
        """
        return _visit().access_token(resource_server, scopes=scopes, for_at_least=for_at_least)


class Required:
    """What `Globus.require` asks for."""

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    def check(self) -> None:
        """
        Let a view go on if the person meets the conditions.

        Raises:
            LoginNeeded, StepUpNeeded: they do not yet; let it pass, and they come back when they do.
            AccessRefused: they will not, with this account.
            GlobusUnavailable: Globus does not say.
        """
        _visit().require(self._conditions)

    def __call__(self, view: Callable[P, R]) -> Callable[P, R]:
        """Let only those see *view* who meet the conditions."""

        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            self.check()
            return current_app.ensure_sync(view)(*args, **kwargs)  # type: ignore[no-any-return]

        return guarded


def _config(app: Flask) -> Config:
    defaults = {}
    if server_name := app.config.get("SERVER_NAME"):
        local = urlsplit(f"//{server_name}").hostname in LOOPBACK
        defaults["base_url"] = f"{'http' if local else 'https'}://{server_name}"
    return Config.from_mapping(
        app.config,
        secret_keys=[app.secret_key, *(app.config.get("SECRET_KEY_FALLBACKS") or [])],
        default_store=f"sqlite:///{app.instance_path}/trivet.sqlite3",
        **defaults,
    )


def _blueprint(core: Core) -> Blueprint:
    blueprint = Blueprint("globus", __name__, template_folder="templates")
    config, routes = core.config, core.routes

    def mount(path: str, name: str, answer: Callable[[Request, Visit], Answer], methods: Sequence[str]) -> None:
        blueprint.add_url_rule(path, name, lambda: _response(answer(_request(), _visit())), methods=methods)

    mount(config.login_path, "login", routes.login, ["GET"])
    mount(config.logout_path, "logout", routes.logout, ["GET", "POST"])
    mount(config.carry_on_path, "carry_on", routes.carry_on, ["GET", "POST"])
    if config.callback_path != config.login_path:
        mount(config.callback_path, "callback", routes.callback, ["GET"])
    return blueprint


def _core() -> Core:
    core: Core = current_app.extensions["trivet"]
    return core


def _visit() -> Visit:
    # On the request, not on `g`: that belongs to the application's context, which may outlive many requests.
    visit: Visit | None = request.environ.get(_VISIT)
    if visit is None:
        visit = request.environ[_VISIT] = _core().visit(request.cookies.getlist(_core().session_cookie))
        after_this_request(_mark_private)  # pages without a visit do not pay for it
    return visit


def _placing(placement: Placement) -> Callable[[], Response | None]:
    def place() -> Response | None:
        # Every request of every page comes by here.
        environ = request.environ
        if placement.is_right(environ.get("HTTP_HOST", ""), environ.get("QUERY_STRING", "")):
            return None
        answer = placement.answer(_request())
        return _response(answer) if answer else None

    return place


def _request() -> Request:
    environ = request.environ
    # As the browser sent it where the server tells (gunicorn, Werkzeug), else put together again.
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    target = raw if raw and raw.startswith("/") else quote(request.path) + _query()
    return Request(
        method=request.method,
        target=target,
        host=environ.get("HTTP_HOST", ""),
        headers=request.headers,
        cookies=request.cookies,
        address=request.remote_addr or "",
    )


def _query() -> str:
    query = request.environ.get("QUERY_STRING")
    return f"?{query}" if query else ""


def _refuse(error: TrivetError, cause: BaseException | None = None) -> Response:
    error.__cause__ = error.__cause__ or cause
    return _response(_core().routes.refusal(replace(_request(), posted=_posted()), _visit(), error))


def _posted() -> Posted | None:
    if request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return None
    # Werkzeug reads a form whole, however long it is; longer ones are not kept anyway.
    request.max_content_length = min(request.max_content_length or MAX_BYTES, MAX_BYTES)
    try:
        form, files = request.form, request.files
    except RequestEntityTooLarge:
        return Posted(is_too_long=True)
    if request.content_length and not form and not files:
        return None  # the page has read it by itself
    own = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")  # the page that carries on has a fresh one
    fields = tuple((name, value) for name, value in form.items(multi=True) if name != own)
    return Posted(fields=fields, has_files=any(file.filename for file in files.values()))


def _mark_private(response: Response) -> Response:
    if _visit().asked:
        # What one person saw must not come out of a cache for the next, nor out of the back button after logout.
        # `Response.vary` and `Headers.setdefault` would do, at five times the price, and every such page pays it.
        present = {name.lower() for name, _ in response.headers}
        if "vary" in present:
            response.vary.add("Cookie")
        else:
            response.headers.add("Vary", "Cookie")
        if "cache-control" not in present:
            response.headers.add("Cache-Control", "no-store")
    return response


def _response(answer: Answer) -> Response:
    if answer.page:
        html = render_template("trivet/page.html", page=answer.page, hidden_fields=_hidden_fields(answer.page))
        response = Response(html)
        response.headers["X-Frame-Options"] = "DENY"
    elif answer.document is not None:
        response = jsonify(answer.document)
    else:
        response = Response()
    response.status_code = answer.status
    if answer.location:
        response.headers["Location"] = answer.location
    response.headers.extend(answer.headers)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"  # the callback's address holds the code
    for cookie in answer.cookies:
        _set_cookie(response, cookie)
    if answer.forget_framework_session:
        session.clear()
    return response


def _hidden_fields(page: Page) -> list[tuple[str, str]]:
    """Return what Flask-WTF wants in each form, where the application uses it; else it would refuse our own form."""
    csrf_token: Any = current_app.jinja_env.globals.get("csrf_token")
    posts = any(action.post for action in page.actions)
    name = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    return [(name, csrf_token())] if csrf_token and posts else []


def _set_cookie(response: Response, cookie: Cookie) -> None:
    response.set_cookie(
        cookie.name,
        cookie.value or "",
        max_age=0 if cookie.value is None else cookie.max_age,
        path="/",
        secure=_core().config.secure,
        httponly=True,
        samesite="Lax",
    )


def _send_signal(app: Flask, event: str, facts: dict[str, Any]) -> None:
    signals.signal(event).send(app, **facts)


for _event in EVENTS:
    signals.signal(_event)

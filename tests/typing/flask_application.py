"""What an application's code should look like to a type checker. Checked, never run."""

from collections.abc import Sequence

from flask import Flask
from globus_sdk import GroupsClient, TransferClient
from globus_sdk.authorizers import GlobusAuthorizer

from trivet import AccessToken, Forecast, Grant, User
from trivet.flask import Globus

app = Flask(__name__)
globus = Globus(app)
later = Globus()
later.init_app(app)


@app.get("/")
@globus.login_required
def index() -> str:
    user: User | None = globus.user
    transfer: TransferClient = globus.client(TransferClient)
    groups: GroupsClient = globus.client(GroupsClient, scopes=["urn:x"], app_name="portal")
    authorizer: GlobusAuthorizer = globus.authorizer("transfer.api.globus.org")
    token: AccessToken = globus.access_token("transfer.api.globus.org", for_at_least=600)
    grants: Sequence[Grant] = globus.grants
    globus.client(TransferClient, ["urn:x"])  # type: ignore[call-arg]  # options have names
    globus.access_token("transfer.api.globus.org", ["urn:x"])  # type: ignore[call-arg]
    transfer = globus.client(GroupsClient)  # type: ignore[assignment]  # the client is of the class that was asked for
    header: str = token  # type: ignore[assignment]  # a token is no string
    header = token.authorization_header
    return f"{user} {groups} {authorizer} {grants} {header}"


@globus.login_required
def item(number: int, *, page: str = "") -> int:
    return number


kept: int = item(7, page="x")
item("seven")  # type: ignore[arg-type]  # a guarded view keeps its signature


@globus.login_required(scopes=["urn:x"])
def with_scopes(number: int) -> int:
    return number


@globus.require(domain="uni.example", mfa=True, max_age=600, message="Because.")
def with_conditions(number: int) -> int:
    forecast: Forecast | None = globus.forecast
    globus.require(group=["77aa0000-0000-4000-8000-0000000000aa"]).check()
    globus.require(domains="uni.example")  # type: ignore[call-arg]  # a slip of the keyboard is no condition
    return number


kept = with_scopes(7)
kept = with_conditions(7)

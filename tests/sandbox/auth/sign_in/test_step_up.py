"""What an application may demand of a session, and what the person then has to do: demand by situation.

The table says what the authorize page does first:

    code     nothing stands in the way
    who      the account picker, with everybody
    again    the account picker, with those of the person's identities that will do
    never    none of the person's identities will do
"""

from __future__ import annotations

import pytest

from trivet.sandbox import Sandbox

HOUR = 3600
OTHER = {"redirect_uri": "http://localhost:5001/callback"}

SITUATIONS = {
    "nobody": lambda browser: None,
    "uni": lambda browser: browser.sign_in("ada"),
    "lab": lambda browser: browser.sign_in("ada", 2),
    "old": lambda browser: (browser.sign_in("ada"), browser.wait(2 * HOUR)),
    "oldlab": lambda browser: (browser.sign_in("ada", 2), browser.wait(2 * HOUR)),
    "unimfa": lambda browser: browser.sign_in("ada", mfa=True),
    "oldmfa": lambda browser: (browser.sign_in("ada", mfa=True), browser.wait(2 * HOUR)),
    "lab+uni": lambda browser: (browser.sign_in("ada", 2), browser.sign_in("ada", prompt="login")),
    "alan": lambda browser: browser.sign_in("alan"),
    "elsewhere": lambda browser: (browser.sign_in("ada"), browser.sign_in("ada", 2, client="gateway", prompt="login")),
}

DEMANDS = {
    "identity-uni": lambda globus: {"session_required_identities": globus.people["ada"].identities[0].id},
    "identity-lab": lambda globus: {"session_required_identities": globus.people["ada"].identities[2].id.upper()},
    "both": lambda globus: {
        "session_required_identities": ",".join(globus.people["ada"].identities[n].id for n in (0, 2))
    },
    "domain-lab": lambda _: {"session_required_single_domain": "lab.example"},
    "domain-either": lambda _: {"session_required_single_domain": "lab.example,uni.example"},
    "mfa": lambda _: {"session_required_mfa": "True"},
    "uni-mfa": lambda _: {"session_required_single_domain": "uni.example", "session_required_mfa": "true"},
    "policy-mfa": lambda globus: {"session_required_policies": globus.policies["second_factor"].id},
    "policy-lab": lambda globus: {"session_required_policies": globus.policies["lab_staff"].id},
    "policy-linked": lambda globus: {"session_required_policies": globus.policies["no_mail_accounts"].id},
    "two-policies": lambda globus: {
        "session_required_policies": f"{globus.policies['second_factor'].id},{globus.policies['lab_staff'].id}"
    },
    "nothing": lambda _: {"session_required_mfa": "false", "session_required_identities": ""},
}

TABLE = """
                 nobody uni   lab   old   oldlab unimfa oldmfa lab+uni alan  elsewhere
    identity-uni    who code  again code  again  code   code   code    never code
    identity-lab    who again code  again code   again  again  code    never again
    both            who again again again again  again  again  code    never again
    domain-lab      who again code  again code   again  again  code    never again
    domain-either   who code  code  code  code   code   code   code    never code
    mfa             who again again again again  code   code   again   again again
    uni-mfa         who again again again again  code   code   again   never again
    policy-mfa      who again again again again  code   again  again   again again
    policy-lab      who again code  again again  again  again  code    never again
    policy-linked   who code  code  code  code   code   code   code    never code
    two-policies    who again again again again  again  again  again   never again
    nothing         who code  code  code  code   code   code   code    code  code
"""
_HEAD, *_ROWS = (line.split() for line in TABLE.strip().splitlines())
CASES = [(demand, situation, first) for demand, *row in _ROWS for situation, first in zip(_HEAD, row, strict=True)]

SILENTLY = {
    "code": None,
    "who": "login_required",
    "again": "interaction_required",
    "never": "interaction_required",
}


class _Browser:
    """Somebody at the portal and the gateway, who has agreed to everything before."""

    def __init__(self, visitor, read_page):
        self.visitor = visitor
        self.globus = visitor.globus
        self.read = read_page

    def sign_in(self, person, identity=0, *, mfa=False, client="portal", prompt=None):
        extra = {"client_id": self.globus.clients[client].id, "prompt": prompt, **(OTHER if client != "portal" else {})}
        if mfa:
            extra["session_required_mfa"] = "true"
        chosen = self.globus.people[person].identities[identity].id
        response = self.visitor.press(self.visitor.visit(**extra), "identity", chosen)
        return self.walk(self.visitor.follow(response))

    def wait(self, seconds):
        self.globus.advance(seconds)

    def first(self, **params):
        """What the authorize page does first, and the page."""
        response = self.visitor.follow(self.visitor.visit(**params))
        if response.is_redirect:
            return "code" if "code=" in response.headers["Location"] else "error", response
        page = self.read(response.text)
        if "demanded" in page.by_id:
            return "never", response
        return "again" if page.offers("give-up") else "who", response

    def walk(self, response):
        """Do what the pages say, with the first identity offered, until they let go; return the redirect."""
        for _ in range(9):
            if response.is_redirect:
                return response
            page = self.read(response.text)
            for name in ("decision", "factor", "identity"):
                if page.offers(name):
                    response = self.visitor.follow(self.visitor.press(response, name, page.offers(name)[0]))
                    break
            else:
                raise AssertionError(f"nothing to press on {response.url}")
        raise AssertionError("the pages go round in a circle")


@pytest.fixture
def browser(visitor, read_page):
    return _Browser(visitor, read_page)


@pytest.mark.parametrize(("demand", "situation", "first"), CASES, ids=lambda value: value)
def test_each_demand(globus, browser, endpoint, demand, situation, first):
    """
    Each demand is met, can be met, or never will be, by what the browser has shown to this application.

    Whoever follows the pages, where there is a way, ends with a code, and asking the same once more asks nothing.
    """
    params = DEMANDS[demand](globus)
    SITUATIONS[situation](browser)
    found, response = browser.first(**params)
    assert found == first
    if first == "never":
        return
    if situation == "nobody":
        response = browser.visitor.identify(response, "ada")
    token = endpoint.redeem(_code(browser.walk(response))).json()["access_token"]
    assert endpoint.introspect(token)["active"]
    assert browser.first(**params)[0] == "code"


@pytest.mark.parametrize(("demand", "situation", "first"), CASES, ids=lambda value: value)
def test_silently(globus, browser, read_callback, demand, situation, first):
    """With ``prompt=none`` no page is shown: a code, or the OpenID code for what would be needed."""
    SITUATIONS[situation](browser)
    if situation == "nobody":
        browser.globus.world.consents.let_go()
    answer = read_callback(browser.visitor.visit(prompt="none", **DEMANDS[demand](globus)))
    assert answer.get("error") == SILENTLY[first]
    assert ("code" in answer) is (first == "code")


def _code(response):
    assert "code=" in response.headers["Location"]
    return response.headers["Location"].partition("code=")[2].partition("&")[0]


def _session(endpoint, response):
    token = endpoint.redeem(_code(response)).json()["access_token"]
    return endpoint.introspect(token, include="session_info")["session_info"]["authentications"]


def test_the_session_shows_what_was_done(globus, browser, endpoint):
    """Who steps up with a linked identity and a second factor has both identities in the session, one with ``mfa``."""
    browser.sign_in("ada")
    globus.advance(60)
    params = {"session_required_single_domain": "lab.example", "session_required_mfa": "true"}
    authentications = _session(endpoint, browser.walk(browser.first(**params)[1]))
    uni, _, lab = globus.people["ada"].identities
    assert set(authentications) == {uni.id, lab.id}
    assert (authentications[uni.id]["amr"], authentications[lab.id]["amr"]) == (None, ["mfa"])
    assert authentications[lab.id]["idp"] == lab.identity_provider
    assert authentications[lab.id]["auth_time"] - authentications[uni.id]["auth_time"] == pytest.approx(60, abs=5)


def test_only_what_will_do_is_offered(globus, browser, read_page):
    """The picker has the identities that meet the demand, says what is asked for, and offers the way out."""
    browser.sign_in("ada")
    page = read_page(
        browser.first(session_required_single_domain="lab.example", session_message="For <your> data")[1].text
    )
    assert page.offers("identity") == [globus.people["ada"].identities[2].id]
    assert page.by_id["session-message"] == "For <your> data"
    assert page.offers("give-up") == ["yes"]


def test_an_identity_that_will_not_do(globus, browser, visitor):
    """Choosing another one of one's own does not help; the picker comes back."""
    browser.sign_in("ada")
    _, response = browser.first(session_required_single_domain="lab.example")
    everybody = visitor.visit(globus.url + browser.read(response.text).links["other-account"])
    again = visitor.identify(everybody, "ada", 1)
    assert browser.read(again.text).offers("identity") == [globus.people["ada"].identities[2].id]


def test_somebody_else_may_come_back(globus, browser, visitor, endpoint):
    """Another person who meets the demand can take over; the application sees another ``sub``."""
    browser.sign_in("ada")
    _, response = browser.first(session_required_single_domain="lab.example")
    everybody = visitor.visit(globus.url + browser.read(response.text).links["other-account"])
    token = endpoint.redeem(_code(browser.walk(visitor.identify(everybody, "grace")))).json()["access_token"]
    assert endpoint.introspect(token)["sub"] == globus.people["grace"].id


def test_none_of_your_identities_will_do(globus, browser, visitor, read_page, read_callback):
    """The page names the demand, the person and their identities, and goes back as ``access_denied``."""
    browser.sign_in("alan")
    first, response = browser.first(session_required_single_domain="lab.example,uni.example")
    page = read_page(response.text)
    assert first == "never"
    assert page.by_id["demanded"] == "a sign-in with an identity from lab.example or uni.example"
    assert page.by_id["person"] == "Alan Brandt"
    assert "abrandt@uni.example@accounts.mail.example" in page.by_id["identities"]
    answer = read_callback(visitor.press(response, "give-up", "yes"))
    assert (answer["error"], answer["state"]) == ("access_denied", "st4te")
    assert visitor.press(response, "give-up", "yes").status_code == 409


def test_an_identity_nobody_has(browser, read_page):
    """A demand for an identity that does not exist can be met by nobody, and says so."""
    browser.sign_in("ada")
    first, response = browser.first(session_required_identities="0d4c7a10-1111-4222-8333-9a0b1c2d3e4f")
    assert first == "never"
    assert read_page(response.text).by_id["demanded"] == "a sign-in as an identity that does not exist"


def test_from_the_dead_end_to_another_account(globus, browser, visitor):
    """Another account that will do can be chosen there."""
    browser.sign_in("alan")
    _, response = browser.first(session_required_single_domain="uni.example")
    everybody = visitor.visit(globus.url + browser.read(response.text).links["other-account"])
    assert "code=" in browser.walk(visitor.identify(everybody, "ada")).headers["Location"]


def test_the_cookie_changes_with_the_second_factor(browser, visitor):
    """A cookie from before it is worthless after it, as with any sign-in."""
    browser.sign_in("ada")
    response = visitor.identify(browser.first(session_required_mfa="true")[1], "ada")
    before = dict(visitor.http.cookies)
    visitor.press(response, "factor", "confirm")
    assert dict(visitor.http.cookies) != before


@pytest.mark.parametrize("page", ["picker", "second factor"])
def test_giving_up(browser, visitor, read_callback, page):
    """Whoever does not want to go through with it goes back as ``access_denied``."""
    browser.sign_in("ada")
    _, response = browser.first(session_required_mfa="true")
    if page == "second factor":
        response = visitor.identify(response, "ada")
    assert read_callback(visitor.press(response, "give-up", "yes"))["error"] == "access_denied"


def test_the_second_factor_cannot_be_skipped(globus, browser, visitor, read_page):
    """Neither by the consent page's address, nor by another button, nor by asking for the page without a sign-in."""
    response = visitor.visit(session_required_mfa="true")
    form = read_page(response.text).hidden
    for path in ("second-factor", "consent", "not-you"):
        away = visitor.http.get(f"{globus.url}/sandbox/{path}", params=form, allow_redirects=False)
        assert away.headers["Location"].startswith("/sandbox/sign-in")
    visitor.identify(response, "ada")
    for path, button in (("consent", {"decision": "allow"}), ("second-factor", {"factor": "x"}), ("second-factor", {})):
        answer = visitor.http.post(f"{globus.url}/sandbox/{path}", data={**form, **button})
        assert read_page(answer.text).offers("factor") == ["confirm"]


def test_a_second_factor_is_for_the_identity_just_shown(globus, browser, visitor, read_page):
    """The page names the identity, and a second factor of before this sign-in is not asked for again by itself."""
    browser.sign_in("ada")
    _, response = browser.first(session_required_mfa="true")
    page = read_page(visitor.identify(response, "ada", 1).text)
    assert page.by_id["username"] == globus.people["ada"].identities[1].username


def test_prompt_login_wants_the_demanded_identity_now(globus, browser):
    """``prompt=login`` makes whatever is demanded count only if it happens now."""
    browser.sign_in("ada", 2)
    params = {"session_required_single_domain": "lab.example"}
    assert browser.first(**params)[0] == "code"
    first, response = browser.first(prompt="login", **params)
    assert first == "again"
    before = globus.world.last_authentication[globus.people["ada"].identities[2].id]
    globus.advance(10)
    browser.walk(response)
    assert globus.world.last_authentication[globus.people["ada"].identities[2].id] >= before + 10


def test_a_demand_that_ages_while_the_consent_page_is_open(globus, browser, visitor, read_page):
    """A timeout is checked when the code is made, however long a page was left open."""
    browser.sign_in("ada", 2)
    policy = globus.policies["lab_staff"]
    params = {"session_required_policies": policy.id, "scope": "openid email"}
    globus.rescind("ada", "portal")
    consent = visitor.follow(visitor.visit(**params))
    globus.advance(policy.authentication_assurance_timeout + 1)
    again = visitor.follow(visitor.press(consent, "decision", "allow"))
    assert read_page(again.text).offers("identity") == [globus.people["ada"].identities[2].id]
    assert "code=" in browser.walk(again).headers["Location"]


def test_both_sides_of_a_timeout(visit_at, read_page):
    """An authentication counts up to the second that the policy says."""
    with Sandbox(clock=lambda: 1_800_000_000.0) as own:
        browser = _Browser(visit_at(own)[0], read_page)
        browser.sign_in("ada", 2)
        policy = own.policies["lab_staff"]
        for seconds, first in ((policy.authentication_assurance_timeout, "code"), (1, "again")):
            own.advance(seconds)
            assert browser.first(session_required_policies=policy.id)[0] == first


def test_a_second_factor_is_gone_after_a_plain_sign_in(browser):
    """The latest authentication of an identity is the one that counts."""
    browser.sign_in("ada", mfa=True)
    browser.sign_in("ada", prompt="login")
    assert browser.first(session_required_mfa="true")[0] == "again"


def test_signing_out_forgets_the_session(globus, browser, visitor):
    """After the logout page nothing is left of what was shown."""
    browser.sign_in("ada", mfa=True)
    visitor.visit(f"{globus.url}/v2/web/logout")
    assert browser.first(session_required_mfa="true")[0] == "who"


BAD = [
    {"session_required_identities": "ada"},
    {"session_required_identities": "ada@uni.example"},
    {"session_required_identities": "\u0000'<b>"},
    {"session_required_mfa": "maybe"},
    {"session_required_mfa": "1"},
    {"session_required_policies": "0d4c7a10-1111-4222-8333-9a0b1c2d3e4f"},
    {"session_required_policies": "\u0000'<b>"},
    {"session_required_single_domain": ",".join(["x"] * 51)},
]


@pytest.mark.parametrize("params", BAD)
def test_demands_that_mean_nothing(visitor, read_callback, params):
    """They go back as ``invalid_request``, and what was sent is not repeated."""
    answer = read_callback(visitor.visit(**params))
    assert answer["error"] == "invalid_request"
    assert next(iter(params)) in answer["error_description"]
    assert next(iter(params.values())) not in answer["error_description"]


@pytest.mark.parametrize("params", [{"session_required_mfa": "FALSE"}, {"session_required_identities": " , "}])
def test_demands_for_nothing(browser, params):
    """An empty list and a false are no demand."""
    browser.sign_in("ada")
    assert browser.first(**params)[0] == "code"

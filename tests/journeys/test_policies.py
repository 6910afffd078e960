"""How somebody has signed in matters to a collection: a second factor, a certain organization, a certain account."""

from playwright.sync_api import Page, expect

from journeys.pictures import Picture
from journeys.visitor import Visitor
from trivet.demo import Demo


def open_collection(visitor: Visitor, demo: Demo, name: str) -> str:
    """Go to the files of a collection by its address, and return it."""
    address = f"{demo.url}/collections/{demo.sandbox.collections[name].id}/?path=%2F"
    visitor.open(address)
    return address


def expect_files(page: Page, address: str) -> None:
    expect(page).to_have_url(address)
    expect(page.get_by_role("table")).to_be_visible()


def sign_ins(demo: Demo) -> int:
    """How often somebody has come back to the portal with a code."""
    return sum(request.path == "/v2/oauth2/token" for request in demo.sandbox.requests)


def test_policy_of_a_second_factor(visitor: Visitor, demo: Demo, picture: Picture) -> None:
    """A policy wants a second factor: Ada reads so, shows it at Globus, and is where she was going."""
    page = visitor.be_signed_in("ada")
    address = open_collection(visitor, demo, "by_policy")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step at Globus")
    main = page.get_by_role("main")
    expect(main).to_contain_text("sign in once more, in the way that a policy for it asks for")
    picture(page, "policy")
    visitor.to_globus()
    visitor.choose("ada")
    visitor.confirm()
    expect_files(page, address)
    assert sign_ins(demo) == 2
    open_collection(visitor, demo, "by_policy")
    expect_files(page, address)


def test_linked_identity_of_the_right_domain(visitor: Visitor, demo: Demo, picture: Picture) -> None:
    """Staff of the laboratory only: the page names the account of Ada's that will do, and with it she comes in."""
    page = visitor.be_signed_in("ada")
    address = open_collection(visitor, demo, "lab_staff")
    main = page.get_by_role("main")
    expect(main).to_contain_text("with an account of lab.example")
    expect(main).to_contain_text("Of your linked accounts, aquist@lab.example (Example National Laboratory) will do.")
    picture(page, "domain")
    visitor.to_globus()
    expect(page.get_by_role("button").filter(has_text="ada@uni.example")).to_have_count(1)
    visitor.choose("aquist@lab.example")
    page.wait_for_url(f"{demo.url}/**")
    expect_files(page, address)
    assert sign_ins(demo) == 2


def test_identity_that_somebody_does_not_have(visitor: Visitor, demo: Demo, picture: Picture) -> None:
    """
    A certain Researcher iD, which is not Zoë's: she reads that before she leaves, Globus says the same, and coming back
    ends on a page that offers a way on, signed in as before.
    """
    page = visitor.be_signed_in("zoe")
    open_collection(visitor, demo, "one_identity")
    main = page.get_by_role("main")
    expect(main).to_contain_text("None of your linked accounts will do: zoe.o'brien@uni.example")
    expect(main.get_by_role("link", name="See your linked accounts at Globus")).to_be_visible()
    picture(page, "no-such-identity")
    visitor.to_globus()
    expect(page.get_by_role("heading", level=1)).to_have_text("None of your identities will do")
    visitor.give_up()
    expect(main).to_contain_text("You have not signed in at Globus in the way that this page asks for.")
    expect(main).to_contain_text("Nothing was changed")
    picture(page, "given-up")
    assert sign_ins(demo) == 1
    page.get_by_role("link", name="Go to the start page").click()
    expect(page.get_by_role("link", name="Go to your dashboard")).to_be_visible()


def test_step_up_completed_as_somebody_else(visitor: Visitor, demo: Demo, picture: Picture) -> None:
    """
    Grace answers what was asked of Ada: she is refused and named, Ada stays signed in, and what came for Grace is
    revoked.
    """
    page = visitor.be_signed_in("ada")
    open_collection(visitor, demo, "second_factor")
    visitor.open(f"{demo.sandbox.url}/v2/web/logout", visitor.context.new_page()).close()
    visitor.to_globus()
    visitor.choose("grace")
    page.get_by_role("button", name="It is me").click()
    visitor.consent()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in as before")
    main = page.get_by_role("main")
    expect(main).to_contain_text("You came back as gokafor@lab.example, not as the person who is signed in here.")
    picture(page, "somebody-else")
    issued = [token for token in demo.sandbox.tokens if token.sub == demo.sandbox.people["grace"].sub]
    assert issued
    assert not any(token.active for token in issued)
    visitor.open("/dashboard")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Quist")

"""What a service demands, read from its error document, in every variant there is."""

import importlib
import pkgutil
from dataclasses import replace
from typing import Any

import globus_sdk.testing.data
import pytest
from globus_sdk.gare import to_gare
from globus_sdk.testing import RegisteredResponse, get_response_set
from hypothesis import example, given
from hypothesis import strategies as st

from trivet.foreign_text import MAX_CHARACTERS
from trivet.requirement import MAX_SCOPES_CHARACTERS, MAX_VALUES, Requirement, requirement_in

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
DATA_ACCESS = f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/0d4c7a10-1111-4222-8333-9a0b1c2d3e4f/data_access]"
ONE, TWO = "a1c00000-0000-4000-8000-000000000001", "a1c00000-0000-4000-8000-000000000002"
CONSENT = Requirement(required_scopes=(DATA_ACCESS,))

DEMANDS: dict[str, tuple[Any, Requirement]] = {
    "canonical": (
        {
            "code": "ConsentRequired",
            "authorization_parameters": {"required_scopes": [DATA_ACCESS], "session_message": "Because."},
        },
        replace(CONSENT, session_message="Because."),
    ),
    "without a code, policies as a text": (
        {"authorization_parameters": {"session_required_policies": "p1,p2"}},
        Requirement(session_required_policies=("p1", "p2")),
    ),
    "every list as a text": (
        {
            "authorization_parameters": {
                "session_required_identities": f"{ONE}, {TWO}",
                "session_required_single_domain": "uni.example,lab.example",
                "session_required_mfa": True,
            }
        },
        Requirement(
            session_required_identities=(ONE, TWO),
            session_required_single_domain=("uni.example", "lab.example"),
            session_required_mfa=True,
        ),
    ),
    "Transfer's older form": (
        {
            "code": "ConsentRequired",
            "message": "Missing required data_access consent",
            "required_scopes": [DATA_ACCESS],
            "request_id": "aB3dE5fG7",
            "resource": "/v0.10/transfer",
        },
        replace(CONSENT, session_message="Missing required data_access consent"),
    ),
    "both of Transfer's forms": (
        {
            "code": "ConsentRequired",
            "message": "Missing required data_access consent",
            "required_scopes": [DATA_ACCESS],
            "authorization_parameters": {"required_scopes": [DATA_ACCESS], "session_message": "Consent, please"},
        },
        replace(CONSENT, session_message="Consent, please"),
    ),
    "of an action provider": (
        {"code": "ConsentRequired", "required_scope": DATA_ACCESS, "description": "Please"},
        replace(CONSENT, session_message="Please"),
    ),
    "of Auth, for dependent tokens": (
        {
            "error": "dependent_consent_required",
            "error_description": "dependent_consent_required",
            "errors": [
                {"code": "DEPENDENT_CONSENT_REQUIRED", "status": "403", "unapproved_scopes": [TRANSFER_ALL]},
                {"code": "DEPENDENT_CONSENT_REQUIRED", "status": "403", "unapproved_scopes": ["email"]},
            ],
        },
        Requirement(required_scopes=(TRANSFER_ALL, "email")),
    ),
    "within errors": (
        {
            "errors": [
                {"code": "Other", "detail": "x"},
                {"code": "ConsentRequired", "required_scopes": [DATA_ACCESS]},
                {"authorization_parameters": {"session_required_mfa": True}},
            ]
        },
        replace(CONSENT, session_required_mfa=True),
    ),
    "a collection's, which comes as a 502": (
        {
            "code": "ExternalError.DirListingFailed.LoginFailed",
            "message": "Command Failed: … LOGIN_DENIED …",
            "authorization_parameters": {
                "session_message": "Session reauthentication required (Globus Transfer)",
                "session_required_identities": [],
                "session_required_mfa": False,
                "session_required_single_domain": ["uni.example"],
            },
        },
        Requirement(
            session_required_single_domain=("uni.example",),
            session_message="Session reauthentication required (Globus Transfer)",
        ),
    ),
    "a failed policy": (
        {
            "code": "AuthPolicyFailed",
            "authorization_parameters": {"session_message": "No", "session_required_policies": "p1,p2"},
        },
        Requirement(session_required_policies=("p1", "p2"), session_message="No"),
    ),
    "nothing but a fresh sign-in": (
        {"authorization_parameters": {"prompt": "login"}},
        Requirement(prompt="login"),
    ),
    "what is odd does not hide the rest": (
        {
            "code": 7,
            "authorization_parameters": {
                "session_message": ["x"],
                "session_required_mfa": "maybe",
                "session_required_identities": [7, None, "not an id", ONE],
                "required_scopes": ["[", "]", "a b", 3],
                "prompt": "consent",
            },
        },
        Requirement(session_required_identities=(ONE,), required_scopes=("a", "b")),
    ),
}

NO_DEMANDS: dict[str, Any] = {
    "asks for nothing": {"code": "PermissionDenied", "authorization_parameters": {}},
    "says something and asks for nothing": {"authorization_parameters": {"session_message": "Hello"}},
    "asks for nothing at length": {
        "authorization_parameters": {
            "session_required_identities": [],
            "session_required_mfa": False,
            "session_required_policies": "",
            "required_scopes": [],
            "prompt": "none",
        }
    },
    "scopes that nobody requires": {"code": "Whatever", "required_scopes": [TRANSFER_ALL]},
    "a scope that is none": {"code": "ConsentRequired", "required_scopes": ["["]},
    "unapproved scopes of another error": {"error": "invalid_grant", "errors": [{"unapproved_scopes": ["email"]}]},
    "a refusal": {"code": "PermissionDenied", "message": "no", "request_id": "x", "resource": "/"},
    "an OAuth error": {"error": "invalid_grant"},
    "no errors": {"error": "dependent_consent_required", "errors": []},
    "a list": [{"authorization_parameters": {"session_required_mfa": True}}],
    "a text": "ConsentRequired",
    "nothing": None,
}


@pytest.mark.parametrize("name", DEMANDS)
def test_every_variant_is_recognised(name: str) -> None:
    """Each form in which Globus services demand something is read, whole, with its message."""
    document, expected = DEMANDS[name]
    assert requirement_in(document) == expected


@pytest.mark.parametrize("name", NO_DEMANDS)
def test_what_demands_nothing_is_no_requirement(name: str) -> None:
    """A document that leaves nothing to be done at Globus is none, however much it looks like one."""
    assert requirement_in(NO_DEMANDS[name]) is None


def vendor_bodies() -> list[tuple[str, Any]]:
    """Every JSON body that the vendor ships with its SDK for tests, by the call that it answers."""
    found = []
    for module in pkgutil.walk_packages(globus_sdk.testing.data.__path__, "globus_sdk.testing.data."):
        if hasattr(importlib.import_module(module.name), "RESPONSES"):
            name = module.name.removeprefix("globus_sdk.testing.data.")
            responses = get_response_set(name)
            for case in responses.cases():
                response = responses.lookup(case)
                entries = [response] if isinstance(response, RegisteredResponse) else response.responses
                found += [(f"{name} {case}", entry.json) for entry in entries]
    return found


VENDOR_BODIES = vendor_bodies()
VENDOR_DEMANDS = {
    "flows.get_web_input auth_policy_required": Requirement(
        session_required_policies=("6f2c1d7e-3b4a-4a5e-9f0f-8f2a1b7c4d9e",),
        session_message="Globus Flows detected an unsatisfied session policy for this web input.",
    ),
    "flows.respond_to_web_input auth_policy_required": Requirement(
        session_required_policies=("6f2c1d7e-3b4a-4a5e-9f0f-8f2a1b7c4d9e",),
        session_message="Globus Flows detected an unsatisfied session policy for this web input.",
    ),
}


def test_the_vendors_bodies_are_told_apart() -> None:
    """Of all bodies that come with the SDK, those that demand something are recognised, and no other."""
    assert len(VENDOR_BODIES) > 150
    found = {name: requirement for name, body in VENDOR_BODIES if (requirement := requirement_in(body))}
    assert found == VENDOR_DEMANDS


@pytest.mark.parametrize("document", [document for document, _ in DEMANDS.values()])
def test_what_the_sdk_recognises_is_recognised(document: Any) -> None:
    """Nothing that the SDK itself reads from a document is lost here."""
    theirs = to_gare(document)
    ours = requirement_in(document)
    assert ours
    if theirs:
        named = theirs.authorization_parameters
        assert set(named.session_required_identities or ()) <= set(ours.session_required_identities)
        assert set(named.session_required_policies or ()) <= set(ours.session_required_policies)
        assert set(named.session_required_single_domain or ()) <= set(ours.session_required_single_domain)
        assert set(named.required_scopes or ()) <= set(ours.required_scopes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
ODD_VALUE = JSON | st.sampled_from(
    ["ConsentRequired", "a[b]", "b[a]", "a" + "[a" * 300, "x,y", "login", ["a[b c]", "b[a]"]]
)
ODD_PARAMETERS = st.dictionaries(st.sampled_from([*Requirement.__slots__, "other"]), ODD_VALUE)
ODD_PART = st.dictionaries(
    st.sampled_from(["code", "error", "required_scopes", "required_scope", "unapproved_scopes", "message"]), ODD_VALUE
)


@given(ODD_PART, JSON | ODD_PARAMETERS, JSON | st.lists(ODD_PART | JSON, max_size=4))
@example({"code": "ConsentRequired", "required_scopes": ["a" + "[a" * 2000]}, {}, [])
@example({"code": "ConsentRequired", "required_scopes": "x[" * 400 + "y" + "]" * 400}, {}, {})
def test_no_document_breaks_it(part: dict[str, Any], parameters: Any, errors: Any) -> None:
    """Whatever a service or somebody between sends, reading it raises nothing, and what was read can be asked for."""
    found = requirement_in({**part, "authorization_parameters": parameters, "errors": errors})
    if found is not None:
        assert found
        assert Requirement.from_parameters(found.parameters()) == found
        assert len("".join(found.required_scopes)) <= MAX_SCOPES_CHARACTERS
        assert "\n" not in found.session_message
        assert len(found.session_message) <= MAX_CHARACTERS


def test_too_much_is_cut_off() -> None:
    """However much is demanded at once, what is asked for fits into an address; the rest is demanded again."""
    document = {
        "authorization_parameters": {
            "required_scopes": [f"{'s' * 190}{number:03}" for number in range(500)],
            "session_required_identities": [f"id-{number}" for number in range(500)],
            "session_required_policies": ",".join(f"p{number}" for number in range(5000)),
            "session_message": "m" * 5000,
        }
    }
    found = requirement_in(document)
    assert found
    assert len(found.required_scopes) == MAX_SCOPES_CHARACTERS // 193
    assert len(found.session_required_identities) == len(found.session_required_policies) == MAX_VALUES
    assert len(found.session_message) == MAX_CHARACTERS


def test_requirements_add_up() -> None:
    """Two demands together ask for all of both; a choice of domains becomes what they have in common."""
    one = Requirement(
        required_scopes=("a[b]",), session_required_single_domain=("x", "y"), session_required_identities=("1",)
    )
    two = Requirement(
        required_scopes=("a[c]",), session_required_single_domain=("y", "z"), session_required_identities=("2",),
        session_required_mfa=True, prompt="login", session_message="two",
    )  # fmt: skip
    both = one.union(two)
    assert both.session_required_single_domain == ("y",)
    assert both.session_required_identities == ("1", "2")
    assert both.session_required_mfa
    assert (both.prompt, both.session_message) == ("login", "two")
    (scope,) = both.required_scopes
    assert scope in {"a[b c]", "a[c b]"}


def test_domains_that_exclude_each_other_are_met_one_by_one() -> None:
    """Where no domain would meet both demands, the first is asked for, rather than either of them."""
    one = Requirement(session_required_single_domain=("x",))
    assert one.union(Requirement(session_required_single_domain=("z",))) == one


def test_a_demand_has_a_key() -> None:
    """Two demands are the same when they ask for the same, whatever they say about it."""
    assert CONSENT.key == replace(CONSENT, session_message="x").key != Requirement(prompt="login").key
    assert len(CONSENT.key) == 16


@pytest.mark.parametrize(("requirement", "about"), [(CONSENT, False), (Requirement(prompt="login"), True)])
def test_consent_is_told_from_signing_in_again(requirement: Requirement, about: bool) -> None:
    """Scopes alone need no fresh sign-in; everything else does."""
    assert requirement.is_about_the_session is about

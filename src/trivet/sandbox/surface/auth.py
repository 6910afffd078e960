"""The endpoints of Globus Auth."""

from __future__ import annotations

from trivet.sandbox.surface.endpoint import Endpoint

LIVE = "captured from the live service, as in the tests of social-core and fauxbus"
PAGES = "Globus docs: Helper Pages"

_CLIENT = "name visibility redirect_uris:texts links:object required_idp:id preselect_idp:id"
_POLICY = (
    "project_id:id display_name description required_mfa:flag authentication_assurance_timeout:number "
    "domain_constraints_include:texts domain_constraints_exclude:texts"
)
_SCOPE = (
    "name description scope_suffix advertised:flag allows_refresh_token:flag required_domains:texts "
    "dependent_scopes:objects"
)
_PROJECT = "display_name contact_email admin_ids:texts admin_group_ids:texts"
_BACK = "client_id:id client:id redirect_uri redirect_name"

_OAUTH = (
    Endpoint(
        method="GET",
        path="/.well-known/openid-configuration",
        does="discovery",
        grade="recorded",
        source=LIVE,
        caller="nobody",
    ),
    Endpoint(
        method="GET",
        path="/jwk.json",
        does="the key that signs ID tokens",
        grade="recorded",
        source=LIVE,
        caller="nobody",
    ),
    Endpoint(
        method="GET",
        path="/v2/oauth2/authorize",
        does="begin a sign-in",
        grade="documented",
        source="Globus Auth Developer Guide and Sessions Guide; RFC 6749, RFC 7636, OpenID Connect Core",
        note="The words on pages for bad requests are from public bug reports; which error codes go back to the "
        "application is not known, so they are those of the standards. Only response_type=code.",
        switches=(
            "page_error_status",
            "loopback_with_any_path",
            "code_seconds",
            "offline_needs_its_own_consent",
            "sessions_share_authentications",
        ),
        caller="browser",
        query="client_id:id redirect_uri response_type scope state nonce access_type code_challenge "
        "code_challenge_method prompt session_message session_required_identities session_required_single_domain "
        "session_required_policies session_required_mfa",
    ),
    Endpoint(
        method="POST",
        path="/v2/oauth2/token",
        does="tokens for a code, a refresh token, a client's credentials or a token that depends",
        grade="recorded",
        source="SDK fixtures `auth.oauth2_exchange_code_for_tokens`, `auth.oauth2_client_credentials_tokens` and "
        "`auth.oauth2_get_dependent_tokens`; the SDK's live tests of 2017 and 2018",
        note="Refusals are recorded for unknown codes, bad clients and dependent tokens; the others follow RFC 6749. "
        "`include_consented_scopes` is private to Globus, and as globus-sdk for JavaScript uses it.",
        switches=(
            "verify_pkce_of_confidential_clients",
            "accept_client_secret_post",
            "refused_grant_status",
            "code_seconds",
            "code_reuse_revokes",
            "id_token_for_clients",
            "identity_set_needs_its_scope",
            "refreshed_tokens_keep_authentications",
            "logins_share_access_tokens",
        ),
        caller="client",
        query="include_consented_scopes:flag",
        form="grant_type code redirect_uri code_verifier client_id:id refresh_token scope token access_type",
    ),
    Endpoint(
        method="POST",
        path="/v2/oauth2/token/revoke",
        does="revoke a token",
        grade="recorded",
        source="SDK fixture `auth.oauth2_revoke_token`",
        note="What else a revocation ends is not known.",
        switches=("revoking_refresh_token_kills_access_tokens", "accept_client_secret_post"),
        caller="client",
        form="token token_type_hint client_id:id",
    ),
    Endpoint(
        method="POST",
        path="/v2/oauth2/token/introspect",
        does="what a token says, its session and the policies it meets",
        grade="recorded",
        source="SDK fixture `auth.oauth2_token_introspect`",
        note="identity_set, session_info, policy_evaluations and dependent_tokens_cache_id are as clients read them "
        "(globus-cli, oauth-ssh, globus-action-provider-tools).",
        switches=("refreshed_tokens_keep_authentications", "accept_client_secret_post"),
        caller="client",
        form="token include authentication_policies",
    ),
    Endpoint(
        method="POST",
        path="/v2/oauth2/token/validate",
        does="whether a token is alive",
        grade="guessed",
        source="how globus-cli and globus-sdk for JavaScript use it",
        note="Private to Globus.",
        switches=("accept_client_secret_post",),
        caller="client",
        form="token client_id:id",
    ),
    *(
        Endpoint(
            method=method,
            path="/v2/oauth2/userinfo",
            does="who the token's person is",
            grade="documented",
            source=f"Globus Auth API Reference; OpenID Connect Core, section 5.3{refusals}",
            switches=("userinfo_refusal_status", "identity_set_needs_its_scope"),
        )
        for method, refusals in (("GET", "; refusals: SDK fixture `auth.userinfo`"), ("POST", ""))
    ),
)

_IDENTITIES = (
    Endpoint(
        method="GET",
        path="/v2/api/identities",
        does="look identities up, or provision them",
        grade="recorded",
        source="SDK fixture `auth.get_identities`; refusals: the SDK's live tests",
        caller="client or token",
        query="ids usernames provision include",
    ),
    Endpoint(
        method="GET",
        path="/v2/api/identities/<identity_id>",
        does="one identity",
        grade="guessed",
        source="by analogy with the list",
        caller="client or token",
    ),
    Endpoint(
        method="GET",
        path="/v2/api/identities/<identity_id>/consents",
        does="what a person has agreed to",
        grade="recorded",
        source="SDK fixture `auth.get_consents`",
        query="all",
    ),
    Endpoint(
        method="GET",
        path="/v2/api/identity_providers",
        does="identity providers by domain or id",
        grade="recorded",
        source="SDK fixture `auth.get_identity_providers`",
        caller="client or token",
        query="domains ids",
    ),
)


def _registration(
    method: str,
    path: str,
    does: str,
    fixture: str,
    *,
    json: str = "",
    inside: str = "",
    query: str = "",
    note: str = "",
) -> Endpoint:
    """Return the row of one call that registers something, all of which the SDK has fixtures for."""
    return Endpoint(
        method=method,
        path=f"/v2/api/{path}",
        does=does,
        grade="recorded",
        source=f"SDK fixture `auth.{fixture}`",
        caller="client or token",
        json=json,
        inside=inside,
        query=query,
        note=note,
    )


_REGISTRATION = (
    _registration("GET", "projects", "one's projects", "get_projects"),
    _registration("POST", "projects", "make a project", "create_project", json=_PROJECT, inside="project"),
    _registration("GET", "projects/<project_id>", "one project", "get_project"),
    _registration(
        "PUT", "projects/<project_id>", "change a project", "update_project", json=_PROJECT, inside="project"
    ),
    _registration(
        "DELETE",
        "projects/<project_id>",
        "delete a project",
        "delete_project",
        note="That it wants a recent sign-in is documented (globus-sdk, `manage_projects.py`); how recent is a guess.",
    ),
    _registration(
        "GET", "clients", "one's clients", "get_clients", query="fqdn", note="No client here has a domain name."
    ),
    _registration(
        "POST",
        "clients",
        "register a client, or make one from a template",
        "create_client",
        json=f"project:id client_type public_client:flag template_id:id {_CLIENT}",
        inside="client",
        note="Also `auth.create_child_client` and `auth.create_native_app_instance`.",
    ),
    _registration("GET", "clients/<client_id>", "one client", "get_client"),
    _registration("PUT", "clients/<client_id>", "change a client", "update_client", json=_CLIENT, inside="client"),
    _registration("DELETE", "clients/<client_id>", "delete a client", "delete_client"),
    _registration("GET", "clients/<client_id>/credentials", "a client's credentials", "get_client_credentials"),
    _registration(
        "POST",
        "clients/<client_id>/credentials",
        "make a secret, shown once",
        "create_client_credential",
        json="name",
        inside="credential",
    ),
    _registration(
        "DELETE", "clients/<client_id>/credentials/<credential_id>", "delete a secret", "delete_client_credential"
    ),
    _registration(
        "POST", "clients/<client_id>/scopes", "register a scope", "create_scope", json=_SCOPE, inside="scope"
    ),
    _registration("GET", "scopes", "scopes by id or string", "get_scopes", query="ids scope_strings"),
    _registration("GET", "scopes/<scope_id>", "one scope", "get_scope"),
    _registration("PUT", "scopes/<scope_id>", "change a scope", "update_scope", json=_SCOPE, inside="scope"),
    _registration("DELETE", "scopes/<scope_id>", "delete a scope", "delete_scope"),
    _registration("GET", "policies", "one's policies", "get_policies"),
    _registration(
        "POST", "policies", "make a policy", "create_policy", json=f"high_assurance:flag {_POLICY}", inside="policy"
    ),
    _registration("GET", "policies/<policy_id>", "one policy", "get_policy"),
    _registration("PUT", "policies/<policy_id>", "change a policy", "update_policy", json=_POLICY, inside="policy"),
    _registration("DELETE", "policies/<policy_id>", "delete a policy", "delete_policy"),
)

_PAGES = (
    Endpoint(
        method="GET",
        path="/v2/web/logout",
        does="forget this browser",
        grade="documented",
        source=PAGES,
        note="`client` is taken for `client_id`, as in the vendor's sample portal.",
        switches=("check_logout_redirect_uri",),
        caller="nobody",
        query=_BACK,
    ),
    Endpoint(
        method="GET",
        path="/v2/web/identities",
        does="one's linked identities",
        grade="documented",
        source=PAGES,
        note="The page is our own.",
        switches=("check_logout_redirect_uri",),
        caller="browser",
        query=_BACK,
    ),
    Endpoint(
        method="GET",
        path="/v2/web/consents",
        does="what one has agreed to",
        grade="documented",
        source=PAGES,
        note="The page is our own.",
        switches=("check_logout_redirect_uri",),
        caller="browser",
        query=_BACK,
    ),
    *(
        Endpoint(
            method="POST",
            path=f"/v2/web/{page}",
            does="the form of that page",
            grade="guessed",
            source="Globus's own forms are its own business",
            caller="browser",
            form=form,
        )
        for page, form in (
            ("identities", "form_key identity:id"),
            ("consents", "form_key identity:id application:id consent"),
        )
    ),
    Endpoint(
        method="GET",
        path="/v2/web/auth-code",
        does="show a code for copying",
        grade="documented",
        source="globus-sdk, `NativeAppAuthClient`",
        note="The page is our own.",
        caller="nobody",
        query="code error error_description",
    ),
)

AUTH = (*_OAUTH, *_IDENTITIES, *_REGISTRATION, *_PAGES)

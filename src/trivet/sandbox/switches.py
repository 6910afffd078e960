"""Every behaviour of Globus that nobody has established, each as one switch; the default is the stricter reading.

When a recording against the live service settles one, the switch goes and the answer stays.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Switches:
    """What the sandbox does where the facts are unverified. Durations are in seconds.

    Each entry says what is unknown, and why the default is the stricter one for a client under test.

    Raises:
        ValueError: nothing can be like that.
    """

    page_error_status: int = 400
    """HTTP status of an authorize error that is shown and not redirected. The page text is recorded, its status not."""

    verify_pkce_of_confidential_clients: bool = True
    """Check ``code_verifier`` also for clients with a secret. Checking catches a client that mixes up verifiers."""

    accept_client_secret_post: bool = False
    """Accept the secret in the form. Discovery advertises Basic only, so a client that posts it may fail at Globus."""

    loopback_with_any_path: bool = False
    """Accept ``http://localhost:<any port>`` of installed applications with a path too. The vendor's send none."""

    refused_grant_status: int = 401
    """Status of ``invalid_grant``. Recorded as 401 for unknown codes; used for every refused code and refresh token."""

    code_seconds: int = 600
    """How long an authorization code lives. Globus publishes no figure; RFC 6749 section 4.1.2 allows ten minutes."""

    code_reuse_revokes: bool = True
    """A spent code that comes back revokes what it gave (RFC 6749 section 4.1.2). Unknown for Globus."""

    revoking_refresh_token_kills_access_tokens: bool = False
    """Clients revoke both kinds themselves at Globus; keeping access tokens alive finds the client that forgets."""

    identity_set_needs_its_scope: bool = False
    """Give ``identity_set`` only with the ``view_identity_set`` scope. Globus documents it under ``openid``."""

    id_token_for_clients: bool = True
    """Give an ID token for client credentials with ``openid``. The SDK's fixture has one; none was recorded."""

    userinfo_refusal_status: int = 403
    """Status for userinfo without a usable token. Live tests of 2018 saw 403, where RFC 6750 says 401."""

    any_header_across_origins: bool = False
    """Let scripts of other origins send any header, not only those of the vendor's SDK. Unknown for Globus."""

    offline_needs_its_own_consent: bool = True
    """Ask again when refresh tokens are wanted for scopes that were agreed to without them."""

    logins_share_access_tokens: bool = False
    """Give a login the access token that an earlier one in the same session was given for the same, with what is left
    of its time. Unknown; other grants were seen to give a new one each time. Sharing finds the client that counts on 48
    hours, or revokes what another of its own sessions uses."""

    check_logout_redirect_uri: bool = False
    """Show the logout page's link only for registered addresses. Unknown; a link is shown, never followed."""

    submission_status: int = 202
    """HTTP status of an accepted task; a duplicate is 200. Its code is ``Accepted``, which in HTTP is 202."""

    submission_id_must_be_ours: bool = True
    """Refuse submission ids that ``submission_id`` has not given out to the same person. Unknown for home-made ones."""

    transfer_tries: int = 3
    """How often a file is tried before its fault ends the task. Globus goes on for hours; a test wants an end."""

    bookmark_created_status: int = 201
    """HTTP status for a new bookmark. Unknown; 201 finds the client that compares with 200 and not with success."""

    operation_paused_status: int = 409
    """HTTP status of ``OperationPaused``, for what would be done at once to the files of a paused collection."""

    rename_replaces: bool = False
    """Let a rename replace what is there already. Unknown; refusing finds the client that never expects a refusal."""

    sessions_share_authentications: bool = False
    """Let an authentication made for one application count in another's session in the same browser. Globus documents
    the sessions as separate; only the sign-in that the browser is known by has to count for both."""

    refreshed_tokens_keep_authentications: bool = False
    """Give a refreshed access token the authentications of the session it came from. Which session it belongs to is
    unknown; without any, a client that only refreshes meets the demand for a step-up again."""

    stale_sessions_demand_prompt: bool = False
    """Let a collection whose time limit has passed demand ``prompt=login``. The demands that were seen name no prompt;
    without it only a client that adds it by itself, as the vendor's do, gets a session that is new enough."""

    high_assurance_group_status: int = 401
    """Status with which a group of high assurance demands another session. The vendor's description of the service has
    such a document for 401, where clients may take it for a dead token; 403 is what most services send."""

    my_groups_wants_sessions: bool = False
    """Leave groups of high assurance out of ``my_groups`` for a session that is too old for them. Listing them, with
    ``session_timeouts`` to tell, finds the client that takes being listed for having authenticated."""

    def __post_init__(self) -> None:
        if self.transfer_tries < 1:
            raise ValueError("transfer_tries is 1 or more: a task whose files nobody tries would never end.")

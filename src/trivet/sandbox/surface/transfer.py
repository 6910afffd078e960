"""The endpoints of Globus Transfer, and those that only the SDK's names tell us about."""

from __future__ import annotations

from trivet.sandbox.surface.endpoint import Endpoint, Grade, lacking

V0 = "/v0.10"
_OPERATION = f"{V0}/operation/endpoint/<collection_id>"
_TASK = f"{V0}/task/<task_id>"
_LIVE = "the SDK's live tests of 2017 and 2018"
_TASKS = "Globus docs: Task Management"
_DEMANDS = ("stale_sessions_demand_prompt",)
_FILES = (*_DEMANDS, "operation_paused_status")
_SUBMITTING = (*_DEMANDS, "submission_status", "submission_id_must_be_ours")
_SUBMISSION = "DATA_TYPE submission_id:id label deadline DATA:objects"
_BOOKMARK = "name endpoint_id:id path"
_PAGED = "limit:number offset:number"


def _operation(
    method: str,
    name: str,
    does: str,
    source: str,
    *,
    grade: Grade = "recorded",
    note: str = "",
    switches: tuple[str, ...] = _FILES,
    query: str = "",
    json: str = "",
) -> Endpoint:
    return Endpoint(
        method=method,
        path=f"{_OPERATION}/{name}",
        does=does,
        grade=grade,
        source=source,
        note=note,
        switches=switches,
        query=query,
        json=json,
    )


_COLLECTIONS = (
    Endpoint(
        method="GET",
        path=f"{V0}/endpoint_search",
        does="search collections",
        grade="documented",
        source="Globus docs: Endpoint and Collection Search; globus-sdk for JavaScript",
        note="Words are looked for at the beginning of words; how Globus ranks is not known.",
        query="filter_fulltext filter_scope filter_owner_id:id filter_host_endpoint:id filter_entity_type "
        f"filter_non_functional:number {_PAGED} fields",
    ),
    Endpoint(
        method="GET",
        path=f"{V0}/endpoint/<collection_id>",
        does="one collection",
        grade="recorded",
        source="SDK fixture `transfer.get_endpoint`",
        query="fields",
    ),
)

_OPERATIONS = (
    _operation(
        "GET",
        "ls",
        "list a directory",
        f"globus-cli's test data; {_LIVE}; Globus docs: List Directory Contents",
        note="What a session lacks comes as documented (Globus docs: GAREs). `local_user` is ignored.",
        query=f"path show_hidden:number {_PAGED} orderby filter",
    ),
    _operation("GET", "stat", "one file or directory", "SDK fixture `transfer.operation_stat`", query="path"),
    _operation(
        "POST",
        "mkdir",
        "make a directory",
        "SDK fixture `transfer.operation_mkdir`",
        note="What a directory that exists already answers is a guess.",
        json="DATA_TYPE path",
    ),
    _operation(
        "POST",
        "rename",
        "rename a file or directory",
        "SDK fixture `transfer.operation_rename`",
        note="What a name that is taken answers is a guess.",
        switches=(*_FILES, "rename_replaces"),
        json="DATA_TYPE old_path new_path",
    ),
)

_SUBMISSIONS = (
    Endpoint(
        method="GET",
        path=f"{V0}/submission_id",
        does="an id that makes a submission happen once",
        grade="recorded",
        source="SDK fixture `transfer.get_submission_id`",
    ),
    Endpoint(
        method="POST",
        path=f"{V0}/transfer",
        does="begin a transfer",
        grade="recorded",
        source=f"SDK fixture `transfer.submit_transfer`; {_LIVE}; Globus docs: Task Submission",
        note="Symbolic links are refused, as on a collection without them; no e-mail is sent.",
        switches=(*_SUBMITTING, "transfer_tries"),
        json=f"{_SUBMISSION} source_endpoint:id destination_endpoint:id sync_level:number verify_checksum:flag "
        "preserve_timestamp:flag encrypt_data:flag skip_source_errors:flag fail_on_quota_errors:flag "
        "delete_destination_extra:flag recursive_symlinks filter_rules:objects",
    ),
    Endpoint(
        method="POST",
        path=f"{V0}/delete",
        does="begin a deletion",
        grade="recorded",
        source="SDK fixture `transfer.submit_delete`; Globus docs: Task Submission",
        switches=(*_SUBMITTING, "transfer_tries"),
        json=f"{_SUBMISSION} endpoint:id recursive:flag ignore_missing:flag interpret_globs:flag",
    ),
)

_OWN_TASKS = (
    Endpoint(
        method="GET",
        path=f"{V0}/task_list",
        does="one's tasks",
        grade="recorded",
        source=f"SDK fixture `transfer.task_list`; {_TASKS}",
        query=f"{_PAGED} filter orderby fields",
    ),
    Endpoint(
        method="GET",
        path=_TASK,
        does="one task",
        grade="recorded",
        source=f"globus-cli's test data; {_TASKS}",
        note="The state INACTIVE never comes.",
        query="fields",
    ),
    Endpoint(
        method="PUT",
        path=_TASK,
        does="change a task's label or deadline",
        grade="documented",
        source=f"{_TASKS}; refusals: {_LIVE}",
        json="DATA_TYPE label deadline",
    ),
    Endpoint(
        method="POST",
        path=f"{_TASK}/cancel",
        does="call a task off",
        grade="recorded",
        source=f"SDK fixture `transfer.cancel_task`; {_LIVE}",
    ),
    Endpoint(
        method="GET",
        path=f"{_TASK}/event_list",
        does="what happened to a task",
        grade="documented",
        source="Globus docs: Task Events; globus-cli's tests",
        query=f"{_PAGED} filter",
    ),
    Endpoint(
        method="GET",
        path=f"{_TASK}/successful_transfers",
        does="the files that a task has carried",
        grade="documented",
        source=f"{_TASKS}; globus-sdk for JavaScript",
        query="marker",
    ),
    Endpoint(
        method="GET",
        path=f"{_TASK}/skipped_errors",
        does="the files that a task has left out",
        grade="documented",
        source=f"{_TASKS}, by analogy with the files it has carried",
        query="marker",
    ),
    Endpoint(
        method="GET",
        path=f"{_TASK}/pause_info",
        does="why a task is paused",
        grade="documented",
        source="globus-sdk, `TransferClient.task_pause_info`",
        note="The members of a rule are guesses.",
    ),
)

_BOOKMARKS = tuple(
    Endpoint(
        method=method,
        path=f"{V0}/{path}",
        does=does,
        grade="documented",
        source=f"Globus docs: Collection Bookmarks; {_LIVE}",
        switches=switches,
        json=json,
    )
    for method, path, does, switches, json in (
        ("GET", "bookmark_list", "one's bookmarks", (), ""),
        ("POST", "bookmark", "make a bookmark", ("bookmark_created_status",), _BOOKMARK),
        ("GET", "bookmark/<bookmark_id>", "one bookmark", (), ""),
        ("PUT", "bookmark/<bookmark_id>", "change a bookmark", (), _BOOKMARK),
        ("DELETE", "bookmark/<bookmark_id>", "delete a bookmark", (), ""),
    )
)

_COLLECTION = f"{V0}/endpoint/<collection_id>"
_MANAGER = f"{V0}/endpoint_manager"
_NOT_THERE = (
    ("PUT DELETE", _COLLECTION, "change or delete a collection"),
    ("PUT", f"{_COLLECTION}/subscription", "its subscription"),
    ("PUT", f"{_COLLECTION}/subscription_admin_verified", "whether its administrator is verified"),
    ("GET", f"{_COLLECTION}/access_list", "its permissions"),
    ("POST", f"{_COLLECTION}/access", "give a permission"),
    ("GET PUT DELETE", f"{_COLLECTION}/access/<rule_id>", "one permission"),
    ("GET", f"{_COLLECTION}/role_list", "its roles"),
    ("POST", f"{_COLLECTION}/role", "give a role"),
    ("GET DELETE", f"{_COLLECTION}/role/<role_id>", "one role"),
    ("GET", f"{_COLLECTION}/server_list", "its servers"),
    ("GET", f"{_COLLECTION}/server/<server_id>", "one server"),
    ("GET", f"{_COLLECTION}/my_effective_pause_rule_list", "its pause rules for oneself"),
    ("GET", f"{_COLLECTION}/my_shared_endpoint_list", "one's guest collections on it"),
    ("GET", f"{_COLLECTION}/shared_endpoint_list", "the guest collections on it"),
    ("POST", f"{V0}/shared_endpoint", "make a guest collection"),
    ("GET", f"{_MANAGER}/monitored_endpoints", "the collections one monitors"),
    ("GET", f"{_MANAGER}/endpoint/<collection_id>", "one of them"),
    ("GET", f"{_MANAGER}/endpoint/<collection_id>/hosted_endpoint_list", "guest collections on it"),
    ("GET", f"{_MANAGER}/endpoint/<collection_id>/access_list", "permissions on it"),
    ("GET", f"{_MANAGER}/task_list", "tasks on them"),
    ("GET", f"{_MANAGER}/task/<task_id>", "one of these tasks"),
    ("GET", f"{_MANAGER}/task/<task_id>/event_list", "what happened to it"),
    ("GET", f"{_MANAGER}/task/<task_id>/pause_info", "why it is paused"),
    ("GET", f"{_MANAGER}/task/<task_id>/successful_transfers", "what it has carried"),
    ("GET", f"{_MANAGER}/task/<task_id>/skipped_errors", "what it has left out"),
    ("POST", f"{_MANAGER}/admin_cancel", "cancel other people's tasks"),
    ("GET", f"{_MANAGER}/admin_cancel/<admin_cancel_id>", "whether they are canceled"),
    ("POST", f"{_MANAGER}/admin_pause", "pause other people's tasks"),
    ("POST", f"{_MANAGER}/admin_resume", "let them go on"),
    ("GET", f"{_MANAGER}/pause_rule_list", "pause rules"),
    ("POST", f"{_MANAGER}/pause_rule", "make a pause rule"),
    ("GET PUT DELETE", f"{_MANAGER}/pause_rule/<pause_rule_id>", "one pause rule"),
    ("GET POST", "/v2/bookmarks", "bookmarks, version 2"),
    ("GET PATCH DELETE", "/v2/bookmarks/<bookmark_id>", "one of them"),
    ("GET POST", "/v2/tunnels", "tunnels"),
    ("GET PATCH DELETE", "/v2/tunnels/<tunnel_id>", "one tunnel"),
    ("GET", "/v2/tunnels/<tunnel_id>/events", "what happened to it"),
    ("GET", "/v2/stream_access_points", "stream access points"),
    ("GET", "/v2/stream_access_points/<stream_ap_id>", "one of them"),
)

TRANSFER = (
    *_COLLECTIONS,
    *_OPERATIONS,
    *_SUBMISSIONS,
    *_OWN_TASKS,
    *_BOOKMARKS,
    *(lacking(method, path, does) for methods, path, does in _NOT_THERE for method in methods.split()),
)

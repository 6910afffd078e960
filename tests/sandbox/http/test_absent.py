"""What is not here says so."""

from __future__ import annotations

import globus_sdk
import pytest
import requests


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v2/api/other", "API"),
        ("/v2/oauth2/token/other", "OAuth2"),
        ("/v2/web/other", "page"),
        ("/v0.10/endpoint_manager/task_list", "Transfer"),
        ("/v2/groups/x/children", "Groups"),
        ("/v1/index_list", "Search"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_known_features_are_501(globus, method, path, words):
    """A path that Globus has and the sandbox lacks: 501, naming the feature, in the error shapes clients read."""
    response = requests.request(method, globus.url + path)
    assert response.status_code == 501
    assert words in response.json()["message"]
    assert response.json()["errors"][0]["detail"] == response.json()["message"]


def test_through_the_sdk(globus, monkeypatch):
    """A client of a missing service fails at once and loudly, and never leaves this computer."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(globus_sdk.SearchAPIError) as caught:
        globus_sdk.SearchClient().get_index("x")
    assert (caught.value.http_status, caught.value.code) == (501, "NotImplemented")


def test_what_globus_cli_reads_of_flows(globus):
    """Errors of Flows say what is wrong in a place of their own, and globus-cli looks nowhere else."""
    answer = requests.get(f"{globus.url}/flows").json()
    assert answer["error"]["detail"] == answer["message"]
    assert "Flows" in answer["message"]


@pytest.mark.parametrize("path", ["/nothing", "/v3/oauth2/token", "/sandbox/nothing", "/sandbox/static/../app.py"])
def test_unknown_paths_are_404(globus, path):
    """Everything else is simply not found."""
    assert requests.get(globus.url + path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/oauth2/authorize"),
        ("DELETE", "/v2/web/logout"),
        ("POST", "/v0.10/endpoint_search"),
        ("PUT", "/jwk.json"),
        ("DELETE", "/sandbox/consent"),
    ],
)
def test_wrong_methods_are_405(globus, method, path):
    """A known path with another method is 405, not 501."""
    response = requests.request(method, globus.url + path)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_options(globus):
    """OPTIONS names the methods and does nothing."""
    response = requests.options(f"{globus.url}/v2/oauth2/authorize")
    assert (response.status_code, response.cookies.get_dict()) == (200, {})

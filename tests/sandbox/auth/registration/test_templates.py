"""Clients made from a template, one for each installation, as globus-cli does."""

from __future__ import annotations

import globus_sdk
import pytest
import requests
from globus_sdk.testing import get_response_set

CLI = "95fdeba8-fac2-42bd-a357-e068d82ff78e"
LOOPBACK = "http://localhost:43210"


def _types(document):
    return {key: type(value) for key, value in document.items()}


@pytest.fixture
def instance(globus, monkeypatch):
    """A fresh instance of globus-cli's template: its document and a client of the SDK with its credentials."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    document = globus_sdk.NativeAppAuthClient(CLI).create_native_app_instance(CLI, "Globus CLI").data
    credential = document["included"]["client_credential"]
    return document, globus_sdk.ConfidentialAppAuthClient(credential["client"], credential["secret"])


@pytest.fixture
def instance_tokens(globus, visitor, instance):
    """Sign in with the instance, over loopback, and return its tokens."""
    _, client = instance
    client.oauth2_start_flow(LOOPBACK, "openid", refresh_tokens=True)
    code = visitor.sign_in(client_id=client.client_id, redirect_uri=LOOPBACK, scope="openid")["code"]
    return client.oauth2_exchange_code_for_tokens(code)


def test_the_answer_is_like_the_vendors(instance):
    """Exactly the keys and types of ``create_native_app_instance``, the secret included, and the template as parent."""
    ours, _ = instance
    theirs = get_response_set("auth.create_native_app_instance").lookup("default").json["client"]
    for part, their_part in ((ours["client"], theirs["client"]), (ours["included"], theirs["included"])):
        assert set(part) == set(their_part)
    assert _types(ours["client"]) == {**_types(theirs["client"]), "parent_client": str}
    assert _types(ours["included"]["client_credential"]) == _types(theirs["included"]["client_credential"])
    fixed = ("client_type", "grant_types", "public_client", "project", "visibility", "prompt_for_named_grant")
    assert {key: ours["client"][key] for key in fixed} == {key: theirs["client"][key] for key in fixed}
    assert ours["client"]["parent_client"] == CLI


@pytest.mark.parametrize("environment", ["production", "sandbox", "integration", "test", "staging", "preview"])
def test_every_environment_of_the_cli_has_its_template(globus, environment):
    """Whatever ``GLOBUS_SDK_ENVIRONMENT`` says, globus-cli finds the template it has built in."""
    template = next(each for each in globus.world.applications if each.key == f"globus-cli-{environment}")
    body = {"client": {"template_id": template.id, "name": "Globus CLI"}}
    response = requests.post(f"{globus.url}/v2/api/clients", json=body)
    assert response.status_code == 200
    assert response.json()["client"]["parent_client"] == template.id


def test_signing_in(instance_tokens):
    """An instance has a secret, needs no PKCE and listens on loopback at any port."""
    assert instance_tokens["resource_server"] == "auth.globus.org"
    assert instance_tokens["refresh_token"]


def test_the_template_revokes_for_its_instances(globus, instance_tokens):
    """globus-cli signs out as the template, without any secret."""
    native = globus_sdk.NativeAppAuthClient(CLI)
    for kind in ("access_token", "refresh_token"):
        assert native.oauth2_revoke_token(instance_tokens[kind])["active"] is False
        assert not globus.token_is_active(instance_tokens[kind])


def test_another_template_does_not(globus, instance_tokens):
    """Only its own."""
    globus_sdk.NativeAppAuthClient(globus.clients["notebook"].id).oauth2_revoke_token(instance_tokens["access_token"])
    assert globus.token_is_active(instance_tokens["access_token"])


def test_an_instance_deletes_itself(globus, instance, instance_tokens):
    """With its own credentials, and everything it had goes with it."""
    _, client = instance
    answer = client.delete(f"/v2/api/clients/{client.client_id}")
    assert answer["client"]["id"] == str(client.client_id)
    assert not globus.token_is_active(instance_tokens["refresh_token"])
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        client.oauth2_client_credentials_tokens("openid")
    assert caught.value.raw_json == {"error": "invalid_client"}


def test_instances_leave_each_other_alone(globus, instance):
    """One instance cannot delete another, nor the template."""
    _, client = instance
    body = {"client": {"template_id": CLI, "name": "Other"}}
    other = requests.post(f"{globus.url}/v2/api/clients", json=body).json()["client"]["id"]
    for target in (other, CLI):
        with pytest.raises(globus_sdk.AuthAPIError) as caught:
            client.delete(f"/v2/api/clients/{target}")
        assert (caught.value.http_status, caught.value.code) == (403, "FORBIDDEN")


@pytest.mark.parametrize("template", ["portal", "gateway"])
def test_only_installed_applications_are_templates(globus, template):
    """A web application's id makes no instances, nor does one that nobody has."""
    for template_id in (globus.clients[template].id, "00000000-0000-4000-8000-000000000000", None, "x"):
        body = {"client": {"template_id": template_id, "name": "X"}}
        response = requests.post(f"{globus.url}/v2/api/clients", json=body)
        assert response.status_code == 400
        assert response.json()["errors"][0]["code"] == "INVALID_PARAMETERS"

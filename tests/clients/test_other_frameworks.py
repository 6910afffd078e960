"""``sign_in`` with the test clients of frameworks that Trivet has no adapter for yet, over Authlib."""

from __future__ import annotations

import secrets

import django
import pytest
from authlib.integrations.django_client import OAuth as DjangoOAuth
from authlib.integrations.starlette_client import OAuth as StarletteOAuth
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import Client as DjangoClient
from django.test.utils import override_settings
from django.urls import path
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient as StarletteClient

CALLBACK = "http://localhost/callback"


def _register(oauth, globus):
    """Return what Authlib's documentation tells people to write, with the base address in place of Google's."""
    globus.register_redirect_uri("portal", CALLBACK)
    portal = globus.clients["portal"]
    return oauth.register(
        "globus",
        client_id=portal.id,
        client_secret=portal.secret,
        server_metadata_url=f"{globus.url}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )


@pytest.fixture
def starlette_client(globus):
    """Starlette's test client, which is FastAPI's too."""
    there = _register(StarletteOAuth(), globus)

    async def login(request):
        return await there.authorize_redirect(request, CALLBACK)

    async def callback(request):
        request.session["sub"] = (await there.authorize_access_token(request))["userinfo"]["sub"]
        return RedirectResponse("/")

    async def home(request):
        return PlainTextResponse(request.session["sub"])

    app = Starlette(
        routes=[Route("/login", login), Route("/callback", callback), Route("/", home)],
        middleware=[Middleware(SessionMiddleware, secret_key=secrets.token_hex())],
    )
    return StarletteClient(app, base_url="http://localhost")


@pytest.fixture(scope="module")
def django_settings():
    """Django has one set of settings in a process, which have to be there before anything is looked up in them."""
    settings.configure(
        ALLOWED_HOSTS=["localhost"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        SECRET_KEY=secrets.token_hex(),
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    )
    django.setup()


@pytest.fixture
def django_client(globus, django_settings):
    """Django's test client, with the session in a signed cookie."""
    there = _register(DjangoOAuth(), globus)

    def login(request):
        return there.authorize_redirect(request, CALLBACK)

    def callback(request):
        request.session["sub"] = there.authorize_access_token(request)["userinfo"]["sub"]
        return redirect("/")

    def home(request):
        return HttpResponse(request.session["sub"])

    class Urls:
        urlpatterns = (path("login", login), path("callback", callback), path("", home))

    with override_settings(ROOT_URLCONF=Urls):
        yield DjangoClient(SERVER_NAME="localhost")


@pytest.mark.parametrize("framework", ["starlette", "django"])
def test_sign_in(globus, framework, request):
    """One call signs a person in to an application of that framework, whose session says who they are."""
    client = request.getfixturevalue(f"{framework}_client")
    answer = globus.sign_in(client, "ada")
    assert (answer.status_code, answer.content.decode()) == (200, globus.people["ada"].sub)
    assert client.get("/").content.decode() == globus.people["ada"].sub

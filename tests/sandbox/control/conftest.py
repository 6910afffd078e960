"""The control page as a browser has it, without the browser."""

from __future__ import annotations

import pytest
import requests


class Control:
    """Looks at the pages and sends their forms; the visitor's cookies are its own."""

    def __init__(self, globus, visitor, read_page):
        self.globus = globus
        self.http = visitor.http
        self._read = read_page

    def get(self, path="/sandbox/", /, **params):
        return self.http.get(self.globus.url + path, params=params)

    def page(self, path="/sandbox/", /, **params):
        return self._read(self.get(path, **params).text)

    def send(self, path, /, **fields):
        """Send a form with the key that the pages give to theirs; what comes back is not followed."""
        fields = {"form_key": self.page().hidden["form_key"], **fields}
        return self.http.post(self.globus.url + path, data=fields, allow_redirects=False)

    def do(self, path, /, **fields):
        """Send a form that works, and return the page it leads to."""
        response = self.send(path, **fields)
        assert response.status_code == 303, response.text
        return self.http.get(self.globus.url + response.headers["Location"])


@pytest.fixture
def control(globus, visitor, read_page):
    return Control(globus, visitor, read_page)


@pytest.fixture
def portal_token(globus, tokens):
    """Somebody's access token for Auth, and how to ask with it."""

    def ask(path):
        return requests.get(globus.url + path, headers={"Authorization": f"Bearer {tokens['access_token']}"})

    return ask

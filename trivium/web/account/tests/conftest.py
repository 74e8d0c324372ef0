"""Somebody at the sign-in pages; the mails and texts that are sent to them."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from trivium.parties.rules import text_sender
from trivium.web.tests.hands import Reader

CODE = re.compile(r"\b(\d{6})\b")


class Stranger:
    """Opens pages and sends the forms that stand there, in a browser of their own."""

    def __init__(self, texts, language="en"):
        self.client = Client()
        self.client.cookies["django_language"] = language
        self.texts = texts
        self.page: Any = None

    def open(self, path, status=200):
        self.page = self.client.get(path, follow=True)
        assert self.page.status_code == status, (path, self.page.status_code)
        return self.text

    @property
    def text(self):
        return self.page.content.decode()

    @property
    def path(self):
        return self.page.request["PATH_INFO"]

    def send(self, form, status=200, **written):
        found = Reader(self.text).forms[form]
        self.page = self.client.post(found.url, {**found.values, **written})
        while self.page.status_code in (302, 303):
            self.page = self.client.get(self.page["Location"])
        assert self.page.status_code == status, (found.url, self.page.status_code, self.text[-1500:])
        return self.text

    @property
    def is_in(self):
        return "_auth_user_id" in self.client.session

    def mailed(self):
        """The newest mail."""
        return mail.outbox[-1]

    def code(self):
        """The code in the newest mail."""
        return CODE.search(self.mailed().body)[1]

    def texted(self):
        """(to whom, text) of the newest short message."""
        return self.texts[-1]

    def text_code(self):
        """The code in it."""
        return CODE.search(self.texted()[1])[1]


@pytest.fixture
def texts(monkeypatch):
    """Short messages, as a company that sends them would get them."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(type(text_sender()), "send", lambda self, number, text: sent.append((number, text)))
    return sent


@pytest.fixture
def stranger(texts, db):
    return Stranger(texts)


@pytest.fixture
def other(texts, db):
    return Stranger(texts)

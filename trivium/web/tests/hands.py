"""A person at the portal: opens pages, fills in the forms that stand there, and sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from trivium.core.actor import Actor
from trivium.parties import queries as parties
from trivium.web.shared.workspace import KEPT


@dataclass
class Read:
    """A form as it stands on a page."""

    id: str
    url: str
    values: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """The forms, the text and the attributes of a page that tests look at."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, Read] = {}
        self.labels: set[str] = set()
        self.inputs: set[str] = set()
        self.styles = 0
        self._form: Read | None = None
        self._select = self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        outside = tag == "script" and found.get("src", "").startswith("/static/")
        is_inline = tag == "style" or (tag == "script" and not outside)
        self.styles += is_inline or "style" in found or any(n.startswith("on") for n in found)
        if tag == "form":
            self._form = Read(found.get("id", found.get("action", "")), found.get("action", ""))
            self.forms[self._form.id] = self._form
        elif tag == "label" and "for" in found:
            self.labels.add(found["for"])
        elif tag == "select":
            self._select = found["name"]
            self.inputs.add(found.get("id", ""))
        elif tag == "option" and self._form and ("selected" in found or self._select not in self._form.values):
            self._form.values[self._select] = found["value"]
        elif tag == "textarea" and self._form:
            self._area = found["name"]
            self._form.values[self._area] = ""
            self.inputs.add(found.get("id", ""))
        elif tag == "input" and self._form and "name" in found:
            self._input(found)

    def _input(self, found: dict[str, str]) -> None:
        assert self._form is not None
        kind = found.get("type", "text")
        if kind not in ("radio", "checkbox") or "checked" in found:
            self._form.values[found["name"]] = found.get("value", "")
        if kind not in ("radio", "checkbox", "hidden"):
            self.inputs.add(found.get("id", ""))

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""


class Hands:
    """One signed-in person in one workspace."""

    def __init__(self, actor: Actor, language: str = "en") -> None:
        self.actor = actor
        self.client = Client()
        self.client.cookies["django_language"] = language
        self.client.force_login(parties.person(actor.user_id or 0))
        session = self.client.session
        session[KEPT] = [actor.organization_ref, actor.role]
        session.save()
        self.page: Any = None

    def open(self, path: str, status: int = 200) -> str:
        """Open a page of the own portal ("orders/") or any path ("/buyer/")."""
        url = path if path.startswith("/") else f"/{self.actor.role}/{path}"
        self.page = self.client.get(url)
        assert self.page.status_code == status, (url, self.page.status_code)
        return self.text

    @property
    def text(self) -> str:
        """The page as it is now."""
        return str(self.page.content.decode())

    @property
    def read(self) -> Reader:
        """The page's forms."""
        return Reader(self.text)

    def form(self, start: str) -> Read:
        """The form whose id starts so."""
        found = [form for key, form in self.read.forms.items() if key.startswith(start)]
        assert found, f"no form {start} among {list(self.read.forms)}"
        return found[0]

    def send(self, start: str, status: int = 303, **written: str) -> str:
        """Fill in a form that stands on the page, send it, and follow it where it leads."""
        form = self.form(start)
        return self.post(form, status, **written)

    def post(self, form: Read, status: int = 303, **written: str) -> str:
        """Send a form read before."""
        values = {**form.values, **{name.replace("__", "."): value for name, value in written.items()}}
        self.page = self.client.post(form.url, values)
        said = self.text.partition('role="alert"')[2][:600]
        assert self.page.status_code == status, (form.url, self.page.status_code, said)
        if status == 303:
            to = self.page["Location"]
            self.page = self.client.get(to)
            assert self.page.status_code == 200, to
        return self.text

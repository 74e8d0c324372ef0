"""A program that calls the API: its key, its Idempotency-Keys, and a check of every answer against the document."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import resolve
from pydantic import TypeAdapter

from trivium.api.v1.door import api
from trivium.api.v1.shapes import Problem
from trivium.core.actor import Actor
from trivium.core.ids import new_ref
from trivium.core.tests.drawn import text_of_pdf
from trivium.parties import commands as parties
from trivium.parties.rules import SCOPES

SUCCEEDED: set[tuple[str, str]] = set()
"""The routes that have answered well in this process, for the test that wants all of them."""

_shapes: dict[tuple[str, str], dict[int, TypeAdapter]] = {}


def shapes() -> dict[tuple[str, str], dict[int, TypeAdapter]]:
    """What each route says it answers, by (method, path) and status."""
    if not _shapes:
        for bound in api._get_bound_routers():
            for path, view in bound.path_operations.items():
                for operation in view.operations:
                    models = {
                        status: TypeAdapter(model.model_fields["response"].annotation)
                        for status, model in operation.response_models.items()
                    }
                    for method in operation.methods:
                        _shapes[method, path] = models
    return _shapes


def routes() -> list[tuple[str, str]]:
    """Every (method, path) of version 1."""
    return sorted(shapes())


@dataclass
class Said:
    """What the API answered."""

    status: int
    data: Any
    body: bytes

    @property
    def code(self) -> str:
        """The refusal's code."""
        return str(self.data["error"]["code"])

    @property
    def field(self) -> str | None:
        """The field the refusal is about."""
        return self.data["error"]["field"]


@dataclass
class Caller:
    """A program with a key to one workspace."""

    key: str
    language: str = "en"
    client: Client = field(default_factory=Client)

    @classmethod
    def of(cls, actor: Actor, scopes: Sequence[str] = SCOPES, **kwargs: Any) -> "Caller":
        """A program of a person's workspace, whose key has all scopes or the given ones."""
        _ref, secret = parties.create_api_key(actor, label="tests", scopes=scopes)
        return cls(secret, **kwargs)

    def get(self, path: str, **query: Any) -> Said:
        """Read; the database refuses a route that writes. The meter, which writes beside it, is off meanwhile."""
        unmetered = {**settings.TRIVIUM, "API_PER_MINUTE": 0, "API_FAILURES_PER_MINUTE": 0}
        with override_settings(TRIVIUM=unmetered), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            said = self._ask("GET", path, None, {}, query)
            transaction.set_rollback(True)
        return said

    def post(self, path: str, data: Any = None, *, key: str | None = None) -> Said:
        """Write by POST, under a fresh Idempotency-Key if none is given."""
        return self.write("POST", path, data, key=key)

    def put(self, path: str, data: Any = None, *, key: str | None = None) -> Said:
        """Write by PUT."""
        return self.write("PUT", path, data, key=key)

    def patch(self, path: str, data: Any = None, *, key: str | None = None) -> Said:
        """Write by PATCH."""
        return self.write("PATCH", path, data, key=key)

    def write(self, method: str, path: str, data: Any = None, *, key: str | None = None) -> Said:
        """Write: `data` is a body as bytes, or what becomes one."""
        body = data if isinstance(data, bytes) else b"" if data is None else json.dumps(data).encode()
        return self._ask(method, path, body, {"Idempotency-Key": key or new_ref("idk")})

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        query: dict[str, Any] | None = None,
    ) -> Said:
        headers = {"Accept-Language": self.language, **headers}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = f"/api/v1{path}"
        response = self.client.generic(
            method, address, body or b"", "application/json", headers=headers, query_params=query or None
        )
        if response["Content-Type"].startswith("text/csv"):
            SUCCEEDED.add((method, _path_of(address)))
            text = b"".join(response.streaming_content)
            return Said(response.status_code, text.decode(), text)
        if response["Content-Type"] == "application/pdf":
            SUCCEEDED.add((method, _path_of(address)))
            assert response["Content-Disposition"].endswith('.pdf"')
            text = text_of_pdf(response.content)
            return Said(response.status_code, text, text.encode())
        if response["Content-Type"].startswith("text/calendar"):
            SUCCEEDED.add((method, _path_of(address)))
            assert response["Content-Disposition"].endswith('.ics"')
            return Said(response.status_code, response.content.decode(), response.content)
        said = Said(response.status_code, json.loads(response.content), response.content)
        assert response["Content-Type"] == "application/json"
        check(method, address, said)
        return said


def _path_of(address: str) -> str:
    """The route of an address, as the table writes it."""
    try:
        route = resolve(address.partition("?")[0]).route
    except LookupError:
        return ""
    return route.partition("v1")[2].replace("<", "{").replace(">", "}")


def check(method: str, address: str, said: Said) -> None:
    """Whether an answer is what the document says of this route."""
    path = _path_of(address)
    declared = shapes().get((method, path))
    if declared is None:
        TypeAdapter(Problem).validate_json(said.body)
        return
    assert said.status in declared, (
        f"{method} {path} answered {said.status}, which its document does not name"
    )
    declared[said.status].validate_json(said.body)
    if said.status < 300:
        SUCCEEDED.add((method, path))


def world() -> list[tuple[str, int, int]]:
    """Every table of ours with its row count and a sum over its rows, to see that nothing changed."""
    tables = sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("trivium.") and model.__name__ not in ("Bucket", "IdempotencyRecord")
    )
    one = "SELECT '{0}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM {0} t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(table) for table in [*tables, "procrastinate_jobs"]))
        return sorted(cursor.fetchall())

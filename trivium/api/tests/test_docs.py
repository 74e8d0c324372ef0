"""The reference one can try out: ours alone, without inline script, under the strict policy."""

import gzip
import json
import re
from enum import Enum
from typing import get_args

import pytest
from django.test import Client
from pydantic import BaseModel

from trivium.api.v1.door import api

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son\w+=", re.IGNORECASE)


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline():
    response = Client().get("/api/v1/docs")
    text = response.content.decode()
    assert response.status_code == 200
    assert not INLINE.search(text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy
    settings = json.loads(text.partition('id="swagger-settings">')[2].partition("</script>")[0])
    assert Client().get(settings["url"]).json()["openapi"].startswith("3.")


def test_every_part_of_the_viewer_is_there():
    text = Client().get("/api/v1/docs").content.decode()
    parts = re.findall(r"(?:src|href)=\"(/api/v1/docs/[^\"]+)\"", text)
    assert len(parts) == 3
    for path in parts:
        plain = Client().get(path)
        small = Client().get(path, headers={"Accept-Encoding": "gzip"})
        assert plain.status_code == small.status_code == 200
        assert gzip.decompress(small.content) == plain.content != b""
        assert b"sourceMappingURL" not in plain.content
    assert Client().get("/api/v1/docs/../settings.py").status_code == 404
    assert Client().get("/api/v1/docs/redoc.html").json()["error"]["code"] == "request.no_such_route"
    assert Client().post("/api/v1/docs").status_code == 405


def test_the_document_says_how_to_show_ones_key():
    document = Client().get("/api/v1/openapi.json").json()
    ways = document["components"]["securitySchemes"]
    assert [(way["type"], way["scheme"]) for way in ways.values()] == [("http", "bearer")]


def test_no_two_shapes_have_one_name():
    """The document keeps one shape of a name, so the other would be told wrong."""
    found: dict[str, set[type]] = {}

    def look(kind: object) -> None:
        for part in get_args(kind):
            look(part)
        if isinstance(kind, type) and issubclass(kind, Enum | BaseModel) and kind not in found.get(kind.__name__, ()):
            found.setdefault(kind.__name__, set()).add(kind)
            for field in getattr(kind, "model_fields", {}).values():
                look(field.annotation)

    operations = [o for _, router in api._routers for view in router.path_operations.values() for o in view.operations]
    for operation in operations:
        for kind in (*operation.models, *operation.response_models.values()):
            look(kind)
    made = {"NinjaResponseSchema", "QueryParams", "BodyParams", "PathParams", "FileParams"}
    assert len(found) > 100
    assert {name: kinds for name, kinds in found.items() if len(kinds) > 1 and name not in made} == {}

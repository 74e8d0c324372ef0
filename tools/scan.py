"""Let schemathesis ask the API and wapiti try the pages of a running demo market, as each of its four people.

Both stand apart from the project (docs/scanning.md). Reports go to build/scan. Exit code 1 if one found anything.
"""

import argparse
import contextlib
import html
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tools.measure_pages import ROLES, Person
from tools.scan_between import between

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")

from trivium.api.access import TABLE  # noqa: E402
from trivium.core.permissions import permissions_of  # noqa: E402
from trivium.parties.rules import SCOPES  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "scan"
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
    "allow_header_conformance", "use_after_free", "ensure_resource_availability", "ignored_auth",
)  # fmt: skip
MODULES = (
    "cookieflags", "csp", "http_headers", "csrf", "crlf", "redirect", "xss", "permanentxss", "sql", "timesql", "exec",
    "file", "ssrf", "upload", "xxe", "methods", "ldap",
)  # fmt: skip
STRANGER = "stranger"
MEDIUM = 2
NOT_TRIED = ("people/leave", "people/*/change", "people/*/remove", "suspend", "revoke", "enter")  # ends of the way in


def key_of(person: Person) -> str:
    """A key of a workspace with every scope, made in its portal."""
    form = re.search(r'<form[^>]*action="[^"]*/keys/make/".*?</form>', person.text(f"/{person.role}/keys/"), re.DOTALL)
    assert form, "this person may make no keys"
    wanted = {"label": "scan", "job": "admin", "days": "30", **{f"scope.{scope}": "1" for scope in SCOPES}}
    made = person.send(f"/{person.role}/keys/make/", form[0], **wanted)
    secret = re.search(r'<code class="secret">([^<]+)</code>', made)
    assert secret, "the portal shows no secret"
    return html.unescape(secret[1])


def routes_of(document: dict[str, Any], role: str) -> list[str]:
    """The operations of the API's document that a role's administrator may use, by their ids."""
    named = {(method.upper(), path.removeprefix("/api/v1")): operation["operationId"]
             for path, methods in document["paths"].items() for method, operation in methods.items()}  # fmt: skip
    return [named[route] for route, (needed, _scope) in TABLE.items()
            if (needed in permissions_of(role) if isinstance(needed, str) else role in needed)]  # fmt: skip


def ask(program: Path, site: str, role: str, minutes: float, more: list[str]) -> bool:
    """Let schemathesis call what a role may use, with a key of it, by rule and then at random; whether all was well."""
    key = key_of(Person(site, role, "en"))
    told = {"SCHEMATHESIS_HOOKS": "tools.scan_hooks", "SCAN_SITE": site, "SCAN_KEY": key, "PYTHONPATH": str(ROOT)}
    document = httpx.get(f"{site}/api/v1/openapi.json", trust_env=False).json()
    may = [part for name in routes_of(document, role) for part in ("--include-operation-id", name)]
    codes = []
    for phases, its_time in (("examples,coverage", []), ("fuzzing", ["--max-time", str(int(minutes * 60))])):
        name = f"api-{role}-{phases.rpartition(',')[2]}"
        command = [
            str(program), "run", f"{site}/api/v1/openapi.json", "--phases", phases, "--checks", ",".join(CHECKS),
            "--header", f"Authorization: Bearer {key}", "--continue-on-failure", "--request-timeout", "60",
            "--warnings", "off", *its_time, *may,
            "--report", "ndjson", "--report-ndjson-path", str(BUILD / f"{name}.ndjson"), "--no-color", *more,
        ]  # fmt: skip
        with (BUILD / f"{name}.txt").open("wb") as output:
            codes.append(subprocess.run(command, env={**os.environ, **told}, stdout=output, stderr=output).returncode)
        print(f"{role}, {phases}: {'well' if codes[-1] == 0 else 'not well'}, {output.name}", flush=True)
    return not any(codes)


def attack(program: Path, site: str, role: str, minutes: float, more: list[str]) -> bool:
    """Let wapiti crawl and attack a portal, or the public pages; whether it found nothing of medium or above."""
    start, cookies, person = f"{site}/", "", None
    if role != STRANGER:
        person, start = Person(site, role, "en"), f"{site}/{role}/"
        cookies = "; ".join(f"{each.name}={each.value}" for each in person.web.cookies.jar)
    report, kept = BUILD / f"pages-{role}.json", BUILD / f"pages-{role}"
    crawling, each = minutes * 30, minutes * 30 / len(MODULES)  # half of the time, and the rest for the modules
    never = (
        [f"{start}*{place}*" for place in NOT_TRIED] if person else [f"{site}/{each}/*" for each in (*ROLES, "static")]
    )
    with between(site) as door, (BUILD / f"pages-{role}.txt").open("wb") as output:
        command = [
            str(program), "--url", start, "--scope", "folder", "--module", ",".join(MODULES), "--no-bugreport",
            "--endpoint", door.address, "--max-scan-time", str(crawling), "--max-attack-time", str(each),
            "--flush-session", "--store-session", str(kept), "--format", "json", "--output", str(report),
            *[part for place in never for part in ("--exclude", place)], "--detailed-report", "1", "--timeout", "60",
            "--max-files-per-dir", "6", "--proxy", door.address, "--skip", "csrfmiddlewaretoken", "--skip", "key",
            *(("--cookie-value", cookies) if person else ()), *more,
        ]  # fmt: skip
        report.unlink(missing_ok=True)
        process = subprocess.Popen(command, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=output, stderr=output)
        while process.poll() is None and not report.exists():
            time.sleep(1)
        with contextlib.suppress(subprocess.TimeoutExpired):  # it may hang once it has written its report
            process.wait(30)
        process.kill()
    if person:
        assert str(person.web.get(start).url) == start, f"the scan has shut the {role} out"
    said = json.loads(report.read_text())
    found = [*findings(said), *(f"the site called {path}" for path in door.called)]
    print(
        f"{role}: answers {dict(sorted(door.answers.items()))}, {len(found)} findings", *found, sep="\n  ", flush=True
    )
    return not found


def findings(said: dict[str, Any]) -> list[str]:
    """What of wapiti's report counts: everything of medium level and above, server errors among it."""
    return [f"{kind}: {each['method']} {each['path']} {each['info']}"
            for part in ("vulnerabilities", "anomalies") for kind, its in said[part].items()
            for each in its if each["level"] >= MEDIUM]  # fmt: skip


def main() -> int:
    """Run one of both for each role; 0 when nothing was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=("api", "pages"))
    options.add_argument("program", type=Path, help="the installed schemathesis or wapiti")
    options.add_argument("--site", default="http://127.0.0.1:8000", help="where `make demo` listens")
    options.add_argument("--role", action="append", choices=(*ROLES, STRANGER), help="only this one; may be repeated")
    options.add_argument("--minutes", type=float, default=10, help="how long for each role")
    given, more = options.parse_known_args()
    act, roles = (ask, ROLES) if given.what == "api" else (attack, (*ROLES, STRANGER))
    BUILD.mkdir(parents=True, exist_ok=True)
    site = given.site.rstrip("/")
    return 0 if all([act(given.program, site, role, given.minutes, more) for role in given.role or roles]) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Write the pages of docs/reference from the running code: `make docs`, or one page by its name."""

import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
FOLDER = HERE / "docs" / "reference"
MADE = "<!-- Written by `make docs`; do not edit. -->\n"


def _modules(room: str) -> list[str]:
    """All modules of a room, folders included, over every context and door."""
    import trivium

    found = []
    for package in sorted(m.name for m in pkgutil.iter_modules(trivium.__path__) if m.ispkg):
        base = HERE / "trivium" / package / room
        if base.with_suffix(".py").exists() or base.is_dir():
            found.append(f"trivium.{package}.{room}")
    return found


def _first_line(thing: type) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0] if (thing.__doc__ or "").strip() else ""


def events() -> str:
    """Every event with its context, what it says and what it carries."""
    from trivium.core.events import Event, known_events, reacting_contexts

    for module in _modules("events"):
        importlib.import_module(module)
    rows = ["# Events", "", MADE, "| event | published by | says | carries | reacted to by |", "|---|---|---|---|---|"]
    for name, kind in sorted(known_events().items()):
        if kind is Event or ".tests." in kind.__module__:
            continue
        carries = ", ".join(f"`{field}`" for field in kind.__dataclass_fields__ if field not in ("subject", "audience"))
        reacts = ", ".join(reacting_contexts(name))
        rows.append(f"| `{name}` | {kind.__module__.split('.')[1]} | {_first_line(kind)} | {carries} | {reacts} |")
    return "\n".join(rows) + "\n"


def errors() -> str:
    """Every refusal by its code, with the message a person reads."""
    from trivium.core.errors import Refusal

    for module in [*_modules("errors"), "trivium.core.money", "trivium.core.quantity", "trivium.core.idempotency"]:
        importlib.import_module(module)
    rows = ["# Refusals", "", MADE, "| code | kind | message |", "|---|---|---|"]
    found: dict[str, type[Refusal]] = {}
    todo = [Refusal]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if "code" in vars(kind) and ".tests." not in kind.__module__ and kind.__module__.startswith("trivium."):
            found[kind.code] = kind
    for code, kind in sorted(found.items()):
        rows.append(f'| <a id="{code}"></a>`{code}` | {kind.kind} | {kind.message} |')
    return "\n".join(rows) + "\n"


def permissions() -> str:
    """Every right and the roles whose workspaces can have it."""
    from trivium.core.permissions import all_permissions

    for module in _modules("rules"):
        importlib.import_module(module)
    rows = ["# Rights", "", MADE, "| right | operator | supplier | partner | buyer |", "|---|---|---|---|---|"]
    for name, roles in sorted(all_permissions().items()):
        marks = " | ".join("yes" if role in roles else "" for role in ("operator", "supplier", "partner", "buyer"))
        rows.append(f"| `{name}` | {marks} |")
    return "\n".join(rows) + "\n"


def states() -> str:
    """Every state table as a diagram."""
    from trivium.core.states import Machine

    parts = ["# States", "", MADE]
    for module_name in _modules("rules"):
        module = importlib.import_module(module_name)
        for name, value in sorted(vars(module).items()):
            if isinstance(value, Machine):
                parts += [f"## {module_name.split('.')[1]}: {name}", "", "```mermaid", value.mermaid(), "```", ""]
    return "\n".join(parts)


def routes() -> str:
    """Every route of the API with what it does and who may use it."""
    from trivium.api.access import TABLE
    from trivium.api.v1.door import document

    rows = ["# Routes of the API", "", MADE, "Under `/api/v1`. Rights are held by the roles permissions.md names,"]
    rows += ["scopes by the key ([scopes.md](scopes.md)).", ""]
    rows += ["| route | does | open to | scope |", "|---|---|---|---|"]
    paths = document()["paths"]
    for (method, path), (needed, scope) in TABLE.items():
        does = paths[f"/api/v1{path}"][method.lower()]["description"].splitlines()[0]
        who = f"`{needed}`" if isinstance(needed, str) else ", ".join(needed)
        rows.append(f"| `{method} {path}` | {does} | {who} | `{scope}` |")
    return "\n".join(rows) + "\n"


def scopes() -> str:
    """Every scope a key can carry, with the routes it opens."""
    from trivium.api.access import TABLE
    from trivium.parties.rules import DEFAULT_SCOPES, SCOPE_AREAS, SCOPES

    rows = ["# Scopes of API keys", "", MADE, "A key opens one workspace, and of that only what its scopes name. They"]
    rows += ["are chosen when it is made; a key made without naming any gets those marked with *. A key makes"]
    rows += ["others only within its own scopes. What a scope opens is still cut to the rights of role and job.", ""]
    rows += ["| scope | of | opens |", "|---|---|---|"]
    for scope in SCOPES:
        opens = ", ".join(f"`{method} {path}`" for (method, path), (_, its) in TABLE.items() if its == scope)
        mark = " *" if scope in DEFAULT_SCOPES else ""
        rows.append(f"| `{scope}`{mark} | {SCOPE_AREAS[scope.partition(':')[0]]} | {opens} |")
    return "\n".join(rows) + "\n"


def openapi() -> str:
    """The OpenAPI document of the API."""
    from trivium.api.v1.door import document

    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def checks() -> str:
    """Every check of `trivium audit`, by the context whose promise it is."""
    from trivium.project.audit import NOT_CHECKED, checks

    rows = ["# Checks of the audit", "", MADE, "The promises are those of the trade's section 5; `trivium audit` runs"]
    rows += ["every check on a live database and names each row that breaks one.", "", *NOT_CHECKED, ""]
    rows += ["| context | check | what must hold |", "|---|---|---|"]
    for name, check in checks().items():
        context, short = name.split(".")
        says = " ".join((check.__doc__ or "").split()).replace("|", "\\|")
        rows.append(f"| {context} | `{short}` | {says} |")
    return "\n".join(rows) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "events.md": events,
    "errors.md": errors,
    "permissions.md": permissions,
    "states.md": states,
    "checks.md": checks,
    "routes.md": routes,
    "scopes.md": scopes,
    "openapi.json": openapi,
}


def main(*names: str) -> None:
    """Write the named pages, or all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trivium.project.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1/none")
    import django

    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for page, write in PAGES.items():
        if not names or page.split(".")[0] in names:
            (FOLDER / page).write_text(write())
            print(f"docs/reference/{page}")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The registry of rights. Every context declares its own in its rules; the table of pages and routes uses them."""

from collections.abc import Mapping, Sequence

_declared: dict[str, frozenset[str]] = {}


def declare(rights: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """Declare rights and the roles that have them: {"order.place": ("buyer",)}. A name belongs to one context."""
    for name, roles in rights.items():
        if _declared.get(name, frozenset(roles)) != frozenset(roles):
            raise ValueError(f"{name} is declared twice")
        _declared[name] = frozenset(roles)
    return rights


def permissions_of(role: str) -> frozenset[str]:
    """All rights a workspace of this role can have; a person's job in the company may narrow them."""
    return frozenset(name for name, roles in _declared.items() if role in roles)


def all_permissions() -> Mapping[str, frozenset[str]]:
    """Every declared right with its roles, for the reference page."""
    return dict(_declared)

"""Who acts: one workspace, that is one organization in one role, and the person or key behind it."""

from dataclasses import dataclass, field

from trivium.core.errors import Denied


@dataclass(frozen=True, slots=True)
class Actor:
    """A workspace at work: built once by the door, first argument of every command and query.

    `via` says how it came in: "web", "api:key_…", "entry:ent_…", "job:…", "replay". `ref` is what events and books
    store: references only, never a name. `scopes` is what a program's key may be used for; None is no
    key, and no limit.
    """

    user_id: int | None
    user_ref: str
    organization_id: int | None
    organization_ref: str
    role: str
    permissions: frozenset[str] = field(repr=False, default=frozenset())
    via: str = "web"
    scopes: frozenset[str] | None = field(repr=False, default=None)

    @classmethod
    def system(cls, reason: str) -> "Actor":
        """The platform itself, for jobs and sweeps; `reason` is written beside what it did."""
        return cls(None, "", None, "", "system", frozenset(), f"system:{reason}")

    @property
    def is_system(self) -> bool:
        """Whether the platform acts by itself, by rule and not by a person."""
        return self.role == "system"

    @property
    def ref(self) -> str:
        """How the books name this actor: "usr_…@org_…:buyer/web"."""
        if self.is_system:
            return self.via
        return f"{self.user_ref}@{self.organization_ref}:{self.role}/{self.via}"

    @property
    def entry(self) -> str:
        """The entry in which somebody of the operator works in this company's workspace; "" for its own people."""
        kind, _colon, ref = self.via.partition(":")
        return ref if kind == "entry" else ""

    def may(self, permission: str) -> bool:
        """Whether this workspace has the right. The system has all."""
        return self.is_system or permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse unless this workspace has the right.

        Refuses: Denied.
        """
        if not self.may(permission):
            raise Denied(permission=permission)

    def is_role(self, *roles: str) -> bool:
        """Whether the workspace has one of the roles. The system has none."""
        return self.role in roles

"""Refusals: the business says no. A door translates them and picks the status."""

from typing import Literal

from trivium.core.i18n import gettext_noop as _

Kind = Literal["invalid", "not_found", "denied", "conflict", "too_often", "unavailable"]


class Refusal(Exception):
    """A business "no": a stable code, a message that says why and what to do, and the field it is about.

    Subclasses set `code`, `message` (a msgid with %(named)s places) and `kind`. Raising one changes nothing:
    the act's transaction rolls back.
    """

    code: str = "refused"
    message: str = _("This cannot be done.")
    kind: Kind = "invalid"
    amounts: frozenset[str] = frozenset()
    """Which parameters are amounts or prices in the currency `currency`; the door writes it beside each."""
    remedy_ref: str = ""
    """The reference of what to open so that it can be done, where there is such a thing."""

    def __init__(self, *, field: str | None = None, **params: object) -> None:
        super().__init__(self.code)
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return f"{self.code}: {self.message % self.params}"


class Invalid(Refusal):
    """What was given cannot be used as it is."""

    kind = "invalid"


class NotFound(Refusal):
    """There is no such thing, or it is not yours: one answer for both."""

    code = "not_found"
    message = _("There is no %(what)s “%(ref)s” here. Check the reference, or the workspace you work in.")
    kind = "not_found"

    def __init__(self, *, what: str, ref: object, field: str | None = None) -> None:
        super().__init__(field=field, what=what, ref=str(ref)[:60])


class Denied(Refusal):
    """The actor's workspace does not have this right."""

    code = "denied"
    message = _("Your workspace may not do this (right: %(permission)s). Ask an administrator of your company.")
    kind = "denied"


class Conflict(Refusal):
    """It could be done, but not as things stand now."""

    kind = "conflict"


class JustDone(Conflict):
    """Two did at the same instant what can only be done once; the database let one of them through."""

    code = "just_done"
    message = _("Somebody has done just this in the same moment. Look at it again before you repeat it.")


class WrongState(Conflict):
    """The state table has no such move."""

    code = "wrong_state"
    message = _("This is “%(state)s” and cannot take the step “%(act)s” now. Look at it again.")


class TooLong(Invalid):
    code = "too_long"
    message = _("This text has %(length)s characters; at most %(limit)s are kept. Shorten it.")


class Empty(Invalid):
    code = "empty"
    message = _("Something has to be written here.")


class BadText(Invalid):
    code = "bad_text"
    message = _("This text holds a character that cannot be stored. Write it again without control characters.")


def clean_text(value: str, *, limit: int, field: str, required: bool = True) -> str:
    """A person's words, trimmed, with a length limit and without characters no database keeps.

    Refuses: TooLong, Empty (when required), BadText (NUL and lone surrogates).
    """
    if len(value) > limit:
        raise TooLong(field=field, length=len(value), limit=limit)
    text = value.strip()
    if required and not text:
        raise Empty(field=field)
    if "\x00" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise BadText(field=field)
    return text

"""Personal settings: kept with the person, here or everywhere. They bind nobody, so no event tells of them."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, clean_text
from trivium.core.ids import new_ref
from trivium.parties.errors import BadPreference, TooManyKept, ViewIsThere
from trivium.parties.models import Preference, User
from trivium.parties.queries import View, views_in, workspace_of
from trivium.parties.rules import MOST_PREFERENCES, MOST_VIEWS, VIEWS, check_preference

NAME = 40


@act
def keep_preference(actor: Actor, name: str, value: object, *, everywhere: bool = False) -> None:
    """Keep a setting of the person behind the actor, for this workspace or everywhere; None forgets it.

    Refuses: Denied (nobody is behind the actor), BadPreference, TooManyKept.
    """
    check_preference(name, value)
    own = Preference.objects.filter(user_id=_person(actor))
    at = own.filter(workspace="" if everywhere else workspace_of(actor), name=name)
    if value is None:
        at.delete()
    elif not at.update(value=value):
        if own.count() >= MOST_PREFERENCES:
            raise TooManyKept(most=MOST_PREFERENCES)
        workspace = "" if everywhere else workspace_of(actor)
        Preference.objects.create(user_id=_person(actor), workspace=workspace, name=name, value=value)


@act
def choose_language(actor: Actor, locale: str) -> None:
    """Keep the language in which the person behind the actor reads pages and mails.

    Refuses: Denied (nobody is behind the actor), BadPreference.
    """
    if locale not in dict(settings.LANGUAGES):
        raise BadPreference()
    User.objects.filter(pk=_person(actor)).update(locale=locale)


@act
def save_view(actor: Actor, list_name: str, *, name: str, query: str, columns: Sequence[str]) -> str:
    """Keep how a list is filtered, sorted and shown now under a name; returns the view's reference.

    Under the name of a view that is there, that view is kept anew.
    Refuses: Denied, Empty, TooLong, BadText, TooManyKept, BadPreference.
    """
    views = _locked(actor, list_name)
    name = clean_text(name, limit=NAME, field="name")
    same = next((view.ref for view in views if view.name.casefold() == name.casefold()), "")
    if not same and len(views) >= MOST_VIEWS:
        raise TooManyKept(most=MOST_VIEWS, field="name")
    made = View(same or new_ref("viw"), name, query, tuple(columns))
    kept = [made if view.ref == same else view for view in views]
    _keep(actor, list_name, kept if same else [*views, made])
    return made.ref


@act
def rename_view(actor: Actor, list_name: str, ref: str, *, name: str) -> None:
    """Give a saved view another name.

    Refuses: Denied, NotFound, Empty, TooLong, BadText, ViewIsThere.
    """
    views = _locked(actor, list_name)
    name = clean_text(name, limit=NAME, field="name")
    _check_there(views, ref)
    if any(view.name.casefold() == name.casefold() and view.ref != ref for view in views):
        raise ViewIsThere(name=name, field="name")
    _keep(actor, list_name, [replace(view, name=name) if view.ref == ref else view for view in views])


@act
def delete_view(actor: Actor, list_name: str, ref: str) -> None:
    """Forget a saved view.

    Refuses: Denied, NotFound.
    """
    views = _locked(actor, list_name)
    _check_there(views, ref)
    _keep(actor, list_name, [view for view in views if view.ref != ref])


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied(permission="preferences")
    return actor.user_id


def _locked(actor: Actor, list_name: str) -> Sequence[View]:
    name = f"{VIEWS}{list_name}"
    check_preference(name, [])
    own = Preference.objects.filter(user_id=_person(actor), workspace=workspace_of(actor), name=name)
    rows: dict[str, Any] = {row.name: row.value for row in own.locked()}
    return views_in(rows, list_name)


def _check_there(views: Sequence[View], ref: str) -> None:
    if ref not in {view.ref for view in views}:
        raise NotFound(what="view", ref=ref)


def _keep(actor: Actor, list_name: str, views: Sequence[View]) -> None:
    rows = [{**asdict(view), "columns": list(view.columns)} for view in views]
    keep_preference(actor, f"{VIEWS}{list_name}", rows or None)

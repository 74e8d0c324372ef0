"""What templates are drawn by: Jinja2, with our own filters and functions and Django's words, addresses and files.

What a page does not give is absent. A template may ask whether it is there, for many inputs are optional; shown, walked
through or handed on, it fails, so that a name written wrongly is found by the first test that draws the page.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any, TypeVar, cast, overload

import jinja2
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist, defaultfilters
from django.template.backends import jinja2 as backend
from django.templatetags import static as static_files
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import strip_spaces_between_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Undefined
from markupsafe import Markup, escape

from trivium.web.shared.compiling import Compiler
from trivium.web.shared.paths import path_to

# What Django's own filters do, pages may use too; each does here what it does there.
FROM_DJANGO = ("linebreaks", "linebreaksbr", "truncatechars", "truncatewords", "urlencode", "date", "time", "yesno",
               "pluralize", "floatformat", "capfirst", "default_if_none", "title", "stringformat", "divisibleby",
               "filesizeformat")  # fmt: skip
OPENING = re.compile(r"\A({#.*?)#}\n")
MARKUP = re.compile(r"[&<>\"']")
F = TypeVar("F", bound=Callable[..., Any])


class Library:
    """Our own filters and functions, as `web.shared.filters` names them."""

    def __init__(self) -> None:
        self.filters: dict[str, Callable[..., Any]] = {}
        self.functions: dict[str, Callable[..., Any]] = {}

    def filter(self, function: F) -> F:
        """A value as a page shows it: `{{ value|name }}`."""
        self.filters[function.__name__] = function
        return function

    @overload
    def simple_tag(self, function: F, /) -> F: ...

    @overload
    def simple_tag(self, /, *, takes_context: bool) -> Callable[[F], F]: ...

    def simple_tag(self, function: F | None = None, /, *, takes_context: bool = False) -> F | Callable[[F], F]:
        """A piece of a page: `{{ name(…) }}`. With `takes_context` it is given what the page was given."""

        def register(given: F) -> F:
            self.functions[given.__name__] = _in_context(given) if takes_context else given
            return given

        return register if function is None else register(function)

    def inclusion_tag(self, template: str, *, takes_context: bool = False) -> Callable[[F], F]:
        """A piece of a page with a template of its own: the function says what that is given."""

        def register(function: F) -> F:
            def draw(context: Context, *args: Any, **named: Any) -> Markup:
                given = function(context, *args, **named) if takes_context else function(*args, **named)
                its = context.environment.get_template(template)
                return Markup(its.render({"csrf_input": context.get("csrf_input", ""), **given}))  # noqa: S704 - drawn

            self.functions[function.__name__] = jinja2.pass_context(draw)
            return function

        return register


def _in_context(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(context: Context, *args: Any, **named: Any) -> Any:
        return function(context, *args, **named)

    return jinja2.pass_context(call)


class Absent(Undefined):
    """What a page was not given, or what a thing does not have: no, and equal to nothing; all else fails."""

    __slots__ = ()
    __str__ = __iter__ = __len__ = __contains__ = Undefined._fail_with_undefined_error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Any:
        return self

    __hash__ = Undefined.__hash__


def _is_none(value: Any) -> bool:
    return value is None or isinstance(value, Undefined)


def shown(value: Any) -> str:
    """A value as it stands in a page, escaped unless it is HTML already. A function was meant to be called."""
    kind = type(value)
    if kind is str:
        return value if MARKUP.search(value) is None else escape(value)
    if kind is SafeString or kind is Markup:
        return cast(str, value)
    if isinstance(value, FunctionType | MethodType | BuiltinMethodType):
        raise TypeError(f"{value.__name__} is shown, and not what it gives")
    return escape(value)


class Environment(jinja2.Environment):
    """The templates in one language. Looks into a dict before its methods: a page's data has keys like "items"."""

    code_generator_class = Compiler
    language: str | None = None
    functions: Mapping[str, Callable[..., Any]] = {}
    shown = staticmethod(shown)

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """A template without the line of its opening comment."""
        return OPENING.sub(r"\1-#}\n", super().preprocess(source, name, filename))

    def in_language(self, language: str | None) -> "Environment":
        """The same, with its own compiled templates."""
        made = self.overlay(cache_size=-1)
        made.language = language
        return made

    def constant(self, name: str, *arguments: str) -> str:
        """What a function of a template gives that gives always the same."""
        if name in ("_", "gettext"):
            return _said(*arguments, self.language) % {}
        found: str = self.functions[name](*arguments)
        return found

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` in a template."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            pass
        try:
            return obj[attribute]
        except (AttributeError, TypeError, LookupError):
            return self.undefined(obj=obj, name=attribute)


# -- words -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _said(message: str, language: str | None) -> Markup:
    return Markup(gettext(message))  # noqa: S704 - a message of our own, never a trader's words


@jinja2.pass_eval_context
def said(eval_context: EvalContext, message: str, /, **named: Any) -> str:
    """A message of a template in the reader's language; what is put into it is escaped."""
    language = eval_context.environment.language  # type: ignore[attr-defined]
    return _filled(eval_context, _said(message, language), named)


@jinja2.pass_eval_context
def said_of_many(eval_context: EvalContext, one: str, many: str, count: int, /, **named: Any) -> str:
    """A message of a template that depends on a number."""
    return _filled(eval_context, ngettext(one, many, count), named)


def _filled(eval_context: EvalContext, message: str, named: Mapping[str, Any]) -> str:
    """A message with what is put into it. Markup's own % does the same, four times as slowly."""
    if not eval_context.autoescape:
        return str.__mod__(message, named)
    return Markup(str.__mod__(message, {name: escape(value) for name, value in named.items()}))  # noqa: S704 - escaped


def translated(message: object) -> str:
    """A word that comes as data, in the reader's language: not of our own making, so it is escaped when shown."""
    return gettext(str(message)) if message else ""


# -- addresses and pieces --------------------------------------------------------------------------------------------


def url_to(name: str, *args: Any, **named: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, kwargs=named) if named else path_to(str(name), *map(str, args))


@lru_cache(maxsize=64)
def static(path: str) -> str:
    """The address of a static file."""
    return static_files.static(path)


@jinja2.pass_context
def included(context: Context, template: str, /, **named: Any) -> Markup:
    """Another template that sees nothing but what it is given here."""
    given = {name: context.get(name) for name in ("request", "csrf_input") if name in context}
    return Markup(context.environment.get_template(template).render({**given, **named}))  # noqa: S704 - drawn


def _is_page(name: str | None) -> bool:
    """Whether what it makes is HTML; a mail is not."""
    return name is None or not name.endswith(".txt")


def environment(**options: Any) -> Environment:
    """The environment of every template; Django asks for it once."""
    from trivium.web.shared.filters import register

    made = Environment(**{**options, "autoescape": _is_page, "undefined": Absent, "cache_size": -1,
                           "extensions": ["jinja2.ext.i18n"]})  # fmt: skip
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    made.globals = {}  # a name that a page was not given is absent
    made.functions = {"_": said, "gettext": said, "ngettext": said_of_many, "translated": translated, "url_to": url_to,
                    "static": static, "included": included, **register.functions}  # fmt: skip
    django = {name: defaultfilters.register.filters[name] for name in FROM_DJANGO}
    made.filters = {**made.filters, **django, "spaceless": _spaceless, **register.filters}
    made.tests["none"] = _is_none
    return made


def _spaceless(text: str) -> Markup:
    return Markup(strip_spaces_between_tags(str(text)))  # noqa: S704 - drawn already


# -- Django's side ---------------------------------------------------------------------------------------------------


class Templates(backend.Jinja2):
    """Django's way to the environment. Templates lie in each app's `templates`."""

    app_dirname = "templates"
    env: Environment

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.languages: dict[str | None, Environment] = {}

    def get_template(self, template_name: str) -> "Page":
        """A template by its name, in the language that is active."""
        try:
            return Page(self._environment().get_template(template_name), self)
        except jinja2.TemplateNotFound as missing:
            raise TemplateDoesNotExist(str(missing.name), backend=self) from missing

    def from_string(self, template_code: str) -> "Page":
        """A template by its text, in the language that is active."""
        return Page(self._environment().from_string(template_code), self)

    def _environment(self) -> Environment:
        language = get_language()
        if language not in self.languages:
            self.languages[language] = self.env.in_language(language)
        return self.languages[language]


class Page(backend.Template):
    """A template as Django draws it: what the view gives comes before what every page is given."""

    def render(self, context: Mapping[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        """The page as text."""
        given = dict(context or {})
        if request is not None:
            given = {**self._of_every_page(request), **given}
        return SafeString(self.template.render(given))

    def _of_every_page(self, request: HttpRequest) -> dict[str, Any]:
        found: dict[str, Any] = {"request": request, "csrf_input": SimpleLazyObject(partial(_csrf_input, request))}
        for processor in self.backend.template_context_processors:
            found |= processor(request)
        return found


def _csrf_input(request: HttpRequest) -> Markup:
    token = get_token(request)
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(token)

"""What templates may rely on: all is escaped, what is absent is found, words come in the reader's language."""

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import format_html
from jinja2 import TemplateSyntaxError, UndefinedError

from trivium.web.shared.environment import Library

EVIL = "\"'><b onclick=x>"
ESCAPED = "&#34;&#39;&gt;&lt;b onclick=x&gt;"


def drawn(text: str, **given) -> str:
    return engines.all()[0].from_string(text).render(given)


@pytest.mark.parametrize(
    "text",
    ["{{ it }}", "{% set said = it %}{{ said }}", "{{ it ~ '' }}", "{{ [it]|join(', ') }}",
     "{{ none|default(it, true) }}", "{{ translated(it) }}", "{{ {'key': it}.key }}",
     "{% trans %}{{ it }}{% endtrans %}", "{% trans count=1 %}{{ it }}{% pluralize %}{{ it }}s{% endtrans %}",
     "{{ it|words_in }}", "{{ it|word('role') }}"],
)  # fmt: skip
def test_everything_that_comes_from_outside_is_escaped(text):
    assert drawn(text, it=EVIL) == ESCAPED


def test_what_is_put_into_a_message_is_escaped_and_its_own_markup_stays():
    assert drawn("{% trans name=it %}<i>{{ name }}</i> at 5 %{% endtrans %}", it=EVIL) == f"<i>{ESCAPED}</i> at 5 %"


@pytest.mark.parametrize("text", ["{{ it }}", "{{ it.name }}", "{% for each in it %}{% endfor %}", "{{ it|join }}",
                                  "{{ {}.key }}", "{{ it|length }}", "{{ 'a' in it }}", "{{ it > 1 }}"])  # fmt: skip
def test_what_is_absent_cannot_be_shown(text):
    with pytest.raises(UndefinedError):
        drawn(text)


@pytest.mark.parametrize(
    "text",
    ["{% if it %}x{% endif %}", "{% if it.name.first %}x{% endif %}", "{% if it == 'a' %}x{% endif %}",
     "{% if it is not none %}x{% endif %}", "{% if {}.key is not none %}x{% endif %}", "{{ it|default('', true) }}"],
)  # fmt: skip
def test_what_is_absent_can_be_asked_for(text):
    assert drawn(text) == ""


def test_a_page_may_give_a_value_the_name_of_a_function():
    assert drawn("{{ icon }}{% if chip %}x{% endif %}{{ chip('open')|length > 10 }}", icon="a") == "aTrue"


def test_a_function_nobody_knows_is_found_when_the_template_is_compiled():
    with pytest.raises(TemplateSyntaxError):
        drawn("{% if false %}{{ icons('a') }}{% endif %}")


@pytest.mark.parametrize("text", ["{{ _(it) }}", "{{ gettext(it ~ '') }}", "{{ ngettext('a', it, 2) }}"])
def test_a_traders_words_are_no_message_of_ours(text):
    with pytest.raises(TemplateSyntaxError):
        drawn(text, it=EVIL)


def test_a_function_is_not_shown():
    with pytest.raises(TypeError):
        drawn("{{ it.upper }}", it="a")


def test_what_is_html_already_stays():
    assert drawn("{{ it }}{{ it ~ '&' }}", it=format_html("<b>{}</b>", "<")) == "<b>&lt;</b><b>&lt;</b>&amp;"


def test_djangos_filters_escape_as_they_do_there():
    assert drawn("{{ it|linebreaks }}", it="a\n\n<") == "<p>a</p>\n\n<p>&lt;</p>"
    assert drawn("{{ it|linebreaksbr }}|{{ it|urlencode('') }}|{{ it|truncatechars(2) }}", it="<\n/") == (
        "&lt;<br>/|%3C%0A%2F|&lt;…"
    )


def test_a_dict_is_looked_into_before_its_methods():
    assert drawn("{{ it.items }} {% for k, v in it|items %}{{ k }}{% endfor %}", it={"items": 7}) == "7 items"


def test_words_come_in_the_language_that_is_active():
    templates = engines.all()[0]
    said = {}
    for language in ("en", "zh-hans", "en"):
        with translation.override(language):
            said[language] = templates.get_template("shared/application_papers.html").render({"papers": []})
    assert "No paper yet." in said["en"]
    assert "No paper yet." not in said["zh-hans"]


def test_a_mail_is_no_html():
    templates = engines.all()[0]
    given = {"inviter": EVIL, "company": "A & B", "role": "Buyer", "until": "2026", "link": "https://a.test/?a=1&b=2"}
    text = templates.get_template("mail/invitation.txt").render(given)
    assert f"{EVIL} invites you to work for A & B (Buyer)" in text and "?a=1&b=2" in text


def test_what_a_view_gives_comes_before_what_every_page_is_given():
    request = RequestFactory().get("/")
    page = engines.all()[0].from_string("{{ LANGUAGE_CODE }} {{ request.path }} {{ csrf_input }}")
    text = page.render({"LANGUAGE_CODE": "xx"}, request)
    assert text.startswith('xx / <input type="hidden" name="csrfmiddlewaretoken" value="')


def test_a_library_gives_functions_what_their_page_was_given():
    library = Library()

    @library.simple_tag(takes_context=True)
    def greeting(context, word):
        return f"{word} {context['name']}"

    environment = engines.all()[0].env.overlay()
    environment.functions = {**environment.functions, **library.functions}
    assert environment.from_string("{{ greeting('<') }}").render(name="A") == "&lt; A"

"""How templates are compiled: what never changes in a language is worked out once, and parts stand in their pages.

Each language has its own compiled templates, so that words, icons, files and addresses without arguments are plain text
in them. An include under a fixed name is compiled into the page that includes it. Neither changes what a page says.
What is called is a function of the environment, and no value of a page, so that both may have the same name.
"""

from typing import Any, cast

from django.utils import translation
from jinja2 import TemplateAssertionError, nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

CONSTANT = frozenset({"_", "gettext", "icon", "static", "url_to"})
"""Functions of a template that give the same for the same arguments and language."""

MESSAGES = {"_": 1, "gettext": 1, "ngettext": 2}
"""Functions whose first arguments are messages of ours: what they give is not escaped."""


class Compiler(CodeGenerator):
    """Jinja's own, given the template as it is after that."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:
        environment: Any = self.environment
        with translation.override(environment.language):
            folded = _Folder(environment, self.name).visit(node)
        super().visit_Template(folded, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Any, finalize: Any) -> None:
        """Jinja escapes a value by making a new object of it; most are plain texts with nothing to escape."""
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Folder(NodeTransformer):
    def __init__(self, environment: Any, name: str | None, inside: frozenset[str | None] = frozenset()) -> None:
        self.environment, self.name, self.inside = environment, name, inside | {name}

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name in ("", "super"):
            return node
        if name not in self.environment.functions:
            raise TemplateAssertionError(f"no function named {name!r}", node.lineno, self.name)
        if not all(isinstance(each, nodes.Const) for each in node.args[: MESSAGES.get(name, 0)]):
            raise TemplateAssertionError("a word that comes as data is `translated`", node.lineno, self.name)
        node.node = nodes.EnvironmentAttribute(f"functions[{name!r}]", lineno=node.lineno)
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if name not in CONSTANT or not plain or not all(isinstance(each, nodes.Const) for each in node.args):
            return node
        arguments = [cast(nodes.Const, each).value for each in node.args]
        value = self.environment.constant(name, *arguments)
        return nodes.Const(Markup(value) if hasattr(value, "__html__") else value, lineno=node.lineno)  # noqa: S704

    def visit_Include(self, node: nodes.Include) -> nodes.Node:
        self.generic_visit(node)
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if not isinstance(name, str) or not node.with_context or name in self.inside or self.environment.auto_reload:
            return node
        source, _file, _fresh = self.environment.loader.get_source(self.environment, name)
        part = self.environment.parse(source, name)
        if part.find((nodes.Extends, nodes.Block, nodes.Import, nodes.FromImport, nodes.Macro)):
            return node
        folded = _Folder(self.environment, name, self.inside).visit(part)
        return nodes.Scope(folded.body, lineno=node.lineno)

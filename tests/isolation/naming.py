"""Which operations may come to what stands at a line of a page: followed from name to name through the imports of all pages."""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.contract import ROOT

MOST = 80
"""Where more operations come there, it is all of them that are asked."""


@dataclass(frozen=True)
class Said:
    """A statement of a page's top level."""

    first: int
    last: int
    names: frozenset[str]
    """What it gives a name to; nothing for one that is only done, as `publish(…)`."""
    uses: frozenset[str]
    """Names of its own page, and `module:name` of others."""


def _module(path: Path) -> str:
    return path.relative_to(ROOT).as_posix().removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def pages() -> dict[str, list[Said]]:
    """Module -> its statements."""
    return {_module(file): list(_said(ast.parse(file.read_text(encoding="utf-8")))) for file in sorted((ROOT / "api").rglob("*.py"))}


def _said(tree: ast.Module) -> Iterator[Said]:
    imported = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in tree.body:
        used = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Name):
                used |= {":".join(imported[part.id])} if part.id in imported else {part.id}
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in imported:
                used.add(f"{'.'.join(imported[part.value.id])}:{part.attr}")
        yield Said(node.lineno, node.end_lineno or node.lineno, frozenset(_names(node)), frozenset(used))


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def operations(page: str, line: int) -> str:
    """The names of the operations, with spaces between; nothing where they are too many, or none was found."""
    todo, reached = [(_module(ROOT / page), said) for said in pages()[_module(ROOT / page)] if said.first <= line <= said.last], set()
    while todo:
        module, said = todo.pop()
        if (module, said) not in reached:
            reached.add((module, said))
            there = {f"{module}:{name}" for name in said.names}
            todo += [(m, s) for m, every in pages().items() for s in every if s.uses & (there | said.names if m == module else there)]
    found = {name for module, said in reached for name in _routed(module, said)}
    return " ".join(sorted(found)) if len(found) < MOST else ""


def _routed(module: str, said: Said) -> Iterator[str]:
    """The operations that a statement of a router makes: its own, or all where it is only done."""
    router = getattr(importlib.import_module(module), "router", None) if module.startswith("api.routers.") else None
    for route in getattr(router, "routes", []):
        if not said.names or route.endpoint.__name__ in said.names:
            yield route.name

"""The rules of the house, read from the source itself: each finds its faults as sentences, and each is shown a house that breaks it."""

import ast
import inspect
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from importlinter.cli import lint_imports
from sqlmodel import SQLModel

from api.app import backend, network
from api.settings import Settings
from tests.contract import ROOT

LINES, FUNCTION_LINES = 300, 40
NEVER = frozenset({"util", "utils", "helper", "helpers", "common", "core", "manager", "managers", "service", "misc", "repository"})
ONE_IMPORTER = {"jose": "api/tokens.py", "httpx": "api/demo/region.py"}
CONNECTS = ("api/db/doors.py", "migrations/apply.py")
ADDRESSES = re.compile(r"py[p]i[.]org|python[h]osted|registry[.]npm|npm[j]s[.](com|org)|/[s]imple/|index-[u]rl")
MACHINE = re.compile(r"(?<![\w.~}-])/(home|root|work|workspace|Users|var/folders)/\w")
"""Where packages come from and where somebody keeps a checkout are nobody else's business; this page alone spells them out."""


class Page(NamedTuple):
    """One source file, parsed."""

    path: str
    tree: ast.Module

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


Rule = Callable[[Page], Iterator[str]]


def files() -> list[Path]:
    """Every file that is, or is about to be, in the repository; in a copy without git, whatever lies there and no tool made."""
    if (ROOT / ".git").exists():
        listing = ["git", "ls-files", "-coz", "--exclude-standard"]
        named = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        return sorted(ROOT / name for name in named.split("\0") if name and (ROOT / name).is_file())
    made = re.compile(r"(^|/)(\.venv|\.amuprev|__pycache__|\.[a-z_]+_cache|\.hypothesis|build|\w+\.egg-info)/")
    return sorted(f for f in ROOT.rglob("*") if f.is_file() and not made.search(f.relative_to(ROOT).as_posix()))


@cache
def pages() -> list[Page]:
    """Every Python file of the product and of its tests."""
    named = [(f.relative_to(ROOT).as_posix(), f) for f in files() if f.suffix == ".py"]
    return [Page(name, ast.parse(f.read_text(encoding="utf-8"))) for name, f in named if name.startswith(("api/", "migrations/", "tests/"))]


def nothing_is_awaited_in_the_domain(page: Page) -> Iterator[str]:
    if page.path.startswith("api/domain/"):
        for node in ast.walk(page.tree):
            if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
                yield f"{page.path}:{node.lineno} waits for something"


def routers_do_not_raise(page: Page) -> Iterator[str]:
    if page.path.startswith("api/routers/"):
        for node in ast.walk(page.tree):
            if isinstance(node, ast.Raise):
                yield f"{page.path}:{node.lineno} raises; the rule belongs to the domain"


def nothing_is_loaded_behind_a_relationship(page: Page) -> Iterator[str]:
    for node in ast.walk(page.tree):
        named = [a.name for a in node.names] if isinstance(node, ast.ImportFrom | ast.Import) else []
        named += [node.attr] if isinstance(node, ast.Attribute) else []
        if {"Relationship", "relationship"} & set(named):
            yield f"{page.path}:{node.lineno} uses a Relationship"  # type: ignore[attr-defined]


def imports_stand_at_the_top(page: Page) -> Iterator[str]:
    for function in page.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{page.path}:{node.lineno} imports inside {function.name}"


def one_page_imports_what_is_dangerous(page: Page) -> Iterator[str]:
    if not page.path.startswith(("api/", "migrations/")):
        return
    for node in ast.walk(page.tree):
        named = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for package in {name.split(".")[0] for name in named} & set(ONE_IMPORTER):
            if page.path != ONE_IMPORTER[package]:
                yield f"{page.path}:{node.lineno} imports {package}, which only {ONE_IMPORTER[package]} may"  # type: ignore[attr-defined]
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "asyncpg.connect" and page.path not in CONNECTS:
            yield f"{page.path}:{node.lineno} connects by itself; use a pool or db.connected"


def every_page_says_what_it_is(page: Page) -> Iterator[str]:
    bare = page.path.endswith("__init__.py") and not page.tree.body
    if not ast.get_docstring(page.tree) and not bare:
        yield f"{page.path} has no docstring"


def every_route_says_what_it_answers(page: Page) -> Iterator[str]:
    for function in page.functions():
        routed = [d for d in function.decorator_list if re.match(r"router\.(get|post|put|patch|delete)\b", ast.unparse(d))]
        if routed and not ast.get_docstring(function):
            yield f"{page.path}:{function.lineno} the route {function.name} has no docstring"


def functions_fit_on_a_screen(page: Page) -> Iterator[str]:
    for function in page.functions():
        assert function.end_lineno is not None
        if (length := function.end_lineno - function.lineno + 1) > FUNCTION_LINES:
            yield f"{page.path}:{function.lineno} {function.name} has {length} lines"


def pages_are_named_after_nouns(page: Page) -> Iterator[str]:
    for word in {re.sub(r"\.py$", "", part) for part in page.path.split("/")}:
        if set(word.split("_")) & NEVER:
            yield f"{page.path} is named after nothing in particular"


def answers() -> dict[str, frozenset[str]]:
    """The fields of every XOut."""
    for file in sorted((ROOT / "api" / "domain").rglob("*.py")):
        import_module(file.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))
    found, todo = {}, [SQLModel]
    while todo:
        todo += (model := todo.pop()).__subclasses__()
        if model.__name__.endswith("Out") and model.__module__.startswith("api.domain."):
            found[model.__name__] = frozenset(model.model_fields)
    return found


OUTS = answers()


def columns_are_written_by_the_answer(page: Page) -> Iterator[str]:
    """A select list that names more than half of an XOut's fields was typed by hand, and will be forgotten when a field is added."""
    if not page.path.startswith(("api/routers/", "api/pages/", "api/collection")):
        return
    for node in ast.walk(page.tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        for columns in re.findall(r"\bselect\s+(.*?)\s+from\b", text, re.DOTALL | re.IGNORECASE):
            named = set(re.findall(r'(\w+)"?\s*(?:,|$)', columns))
            for out, fields in OUTS.items():
                if len(named & fields) > max(3, len(fields) / 2):
                    yield f"{page.path}:{node.lineno} types the columns of {out} by hand"  # type: ignore[attr-defined]


FIELDS = ", ".join(sorted(OUTS["MunicipalityOut"]))
LONG = "\n".join(["def f():", *["    x = 1"] * FUNCTION_LINES])
RULES: list[tuple[Rule, str, str]] = [
    (nothing_is_awaited_in_the_domain, "api/domain/x.py", "async def f(): pass"),
    (routers_do_not_raise, "api/routers/x.py", "def f(): raise ValueError"),
    (nothing_is_loaded_behind_a_relationship, "api/x.py", "from sqlmodel import Relationship"),
    (imports_stand_at_the_top, "tests/x.py", "def f():\n    import os"),
    (one_page_imports_what_is_dangerous, "api/x.py", "from jose import jwt"),
    (one_page_imports_what_is_dangerous, "api/app.py", "import httpx"),
    (one_page_imports_what_is_dangerous, "api/founding.py", "asyncpg.connect(url)"),
    (every_page_says_what_it_is, "api/x.py", "x = 1"),
    (every_route_says_what_it_answers, "api/routers/x.py", "@router.get('/x')\ndef read_x(): pass"),
    (functions_fit_on_a_screen, "tests/x.py", LONG),
    (pages_are_named_after_nouns, "api/helpers.py", ""),
    (columns_are_written_by_the_answer, "api/routers/x.py", f"SQL = 'select {FIELDS} from municipality'"),
]
NAMES = [rule.__name__ for rule, _, _ in RULES]


@pytest.mark.parametrize("rule", dict.fromkeys(rule for rule, _, _ in RULES), ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    found = [fault for page in pages() for fault in rule(page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "path", "source"), RULES, ids=NAMES)
def test_the_rule_sees_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert list(rule(Page(path, ast.parse(source))))


def test_every_rule_is_kept_and_shown_to_be_one() -> None:
    here = inspect.currentframe()
    assert here is not None
    written = {n for n, f in here.f_globals.items() if inspect.isfunction(f) and list(inspect.signature(f).parameters) == ["page"]}
    assert written == set(NAMES)


def test_no_file_is_longer_than_a_sitting() -> None:
    sources = [f for f in files() if f.suffix in (".py", ".sql") and f.relative_to(ROOT).parts[0] in ("api", "migrations", "tests")]
    lengths = {f.relative_to(ROOT).as_posix(): len(f.read_text(encoding="utf-8").splitlines()) for f in sources}
    assert not {name: length for name, length in lengths.items() if length > LINES}


def test_operations_are_verb_and_noun() -> None:
    """The name of a route is its operationId; what lists a noun says in its description what it lists."""
    for app in (backend(), network()):
        for path, operations in app.openapi()["paths"].items():
            for operation in operations.values():
                assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", operation["operationId"]), f"{path}: {operation['operationId']}"
                assert operation.get("description"), f"{path}: {operation['operationId']} says nothing about itself"


def test_the_floors_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def test_nothing_names_a_registry_or_a_machine() -> None:
    found = []
    for file in set(files()) - {Path(__file__)}:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # Not a text.
        for n, line in enumerate(lines, 1):
            if ADDRESSES.search(line) or MACHINE.search(line):
                found.append(f"{file.relative_to(ROOT)}:{n}: {line.strip()[:120]}")
    assert not found, "\n".join(found[:20])


@pytest.mark.parametrize("line", ["cd /home/ana/amuprev", 'open("/Users/x")', "--index-" + "url=x", "https://py" + "pi.org/project/x"])
def test_an_address_or_a_machine_is_seen(line: str) -> None:
    assert ADDRESSES.search(line) or MACHINE.search(line)


def test_dependencies_are_locked_by_hash_and_by_nothing_else() -> None:
    assert not list(ROOT.glob("uv.lock"))
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in locked
    blocks = [m.start() for m in re.finditer(r"^[a-z0-9][\w.-]*(\[[\w,]+\])?==", locked, re.MULTILINE)]
    assert len(blocks) > 50
    for start, end in pairwise([*blocks, len(locked)]):
        assert "--hash=sha256:" in locked[start:end], f"{locked[start : start + 60]!r} has no hash"


def test_the_image_is_made_of_what_is_there() -> None:
    """No container engine runs the tests; this much of the files for one can be read."""
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}" in allowed, f"{name} does not reach the image"
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    mounted = [volume.split(":")[0] for volume in services["database"]["volumes"] if volume.startswith(".")]
    assert [(ROOT / name).is_file() for name in mounted] == [True]
    named = {name.removeprefix("AMUPREV_").lower() for service in ("migrate", "api") for name in services[service]["environment"]}
    assert named <= Settings.model_fields.keys()
    assert "AMUPREV_OWNER_DATABASE_URL" not in services["api"]["environment"], "what serves does not know the owner"

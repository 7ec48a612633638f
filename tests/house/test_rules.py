"""The rules of the house (design: section 3), each as a test over the source."""

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from config import ROOT
from tests.house.source import CODE, attributes, files, imported, modules

# Services that grew a file of their own beside services.py.
SERVICES_TOO = {"application/accounts/versions.py", "application/accounts/idempotency.py"}
STATEMENTS = {"select", "insert", "update", "delete", "text"}


def offenders(rule: set[str], *folders: str, allowed: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """The modules that import or mention what `rule` names, outside `allowed`."""
    found = {}
    for path, tree in modules(*folders).items():
        said = (imported(tree) | attributes(tree)) & rule
        if said and not path.startswith(allowed or ("\0",)):
            found[path] = said
    return found


def test_the_product_does_not_know_who_is_asking() -> None:
    rule = {"flask.request", "flask.session", "flask.g", "flask_security.current_user"}
    assert not offenders(rule | {"flask_login.current_user"}, "application")


def test_only_the_clock_reads_the_time() -> None:
    rule = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    assert not offenders(rule, allowed=("application/platform/clock.py",))


def test_only_config_reads_the_environment() -> None:
    # The launcher hands an environment to the processes it starts; the benchmarks' too.
    allowed = ("config.py", "deploy/", "benchmarks/")
    assert not offenders({"os.environ", "os.getenv"}, allowed=allowed)


def test_connections_leave_by_the_doors_of_the_platform_alone() -> None:
    clients = {"requests", "requests_hardened", "urllib3", "http.client", "urllib.request"}
    clients |= {"smtplib", "httpx", "aiohttp", "ftplib"}
    for path, tree in modules("application", "api", "tasks").items():
        if not path.startswith("application/platform/"):
            names = tuple(f"{name}." for name in imported(tree))
            assert not any(name.startswith(f"{c}.") for name in names for c in clients), path


def test_nobody_draws_with_pyplot() -> None:
    for path, tree in modules().items():
        if path == "benchmarks/figures.py":  # the usual way, which ours is measured against
            continue
        assert not any("pyplot" in name or "pylab" in name for name in imported(tree)), path


def test_the_cache_has_one_door() -> None:
    rule = {"cache.cached", "cache.memoize", "cache.clear", "cache.delete_memoized"}
    assert not offenders(rule)


def test_nobody_parses_with_reqparse() -> None:
    assert not offenders({"flask_restful.reqparse"})


def test_services_flush_and_leave_the_commit_to_the_transaction() -> None:
    rule = {"session.commit", "db.session.commit"}
    found = offenders(rule, "application", "tasks", "api", allowed=("application/platform/",))
    assert not found
    for path, tree in modules("application").items():
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr == "commit"
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "session"
        ]
        assert not calls, path


def test_sql_stands_in_queries_and_services_only() -> None:
    found = {}
    for path, tree in modules("application", "api", "tasks").items():
        name = path.rpartition("/")[2]
        if name.startswith(("queries", "services", "models")) or path in SERVICES_TOO:
            continue
        if path.startswith(("application/platform/", "application/migrations/")):
            continue
        said = {item for item in imported(tree) if item.rpartition(".")[2] in STATEMENTS}
        said = {item for item in said if item.startswith("sqlalchemy.")}
        if said:
            found[path] = said
    found.pop("api/shell.py", None)  # /healthz asks the database whether it is there
    assert not found


PURE = [
    path
    for path, tree in modules("application").items()
    if re.search(r"\bPure\b", ast.get_docstring(tree) or "")
]


@pytest.mark.parametrize("path", PURE)
def test_pure_modules_stay_pure(path: str) -> None:
    names = imported(modules("application")[path])
    roots = {name.partition(".")[0] for name in names}
    assert not roots & {"flask", "sqlalchemy", "flask_sqlalchemy", "celery"}
    assert not [name for name in names if re.search(r"\.(queries|services|extensions)\b", name)]


def test_those_that_must_be_pure_say_so() -> None:
    assert {
        "application/trackers/kinds.py",
        "application/logs/days.py",
        "application/deliveries/timing.py",
        "application/reminders/words.py",
        "application/insights/charts.py",
    } <= set(PURE)


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path, tree in modules().items() if not ast.get_docstring(tree)]
    assert not silent


def test_public_functions_of_the_product_have_docstrings() -> None:
    silent = []
    for path, tree in modules("application").items():
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                silent.append(f"{path}: {node.name}")
    assert not silent


def test_nothing_stands_there_for_nobody() -> None:
    said: Counter[str] = Counter()
    for folder in (*CODE, "tests"):
        for file in files(folder, ".py"):
            said.update(re.findall(r"\w+", file.read_text(encoding="utf-8")))
    idle = []
    for path, tree in modules("application", "api", "tasks", "deploy").items():
        for node in tree.body:
            found: list[str] = []
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
                found = [node.name]
            elif isinstance(node, ast.Assign):
                found = [target.id for target in node.targets if isinstance(target, ast.Name)]
            idle += [f"{path}: {name}" for name in found if said[name] == 1]
    assert not idle


def test_what_takes_long_to_import_is_imported_where_it_is_used(tmp_path: Path) -> None:
    # `make run` answers within seconds; most processes never draw or print, or see a passkey.
    heavy = ("matplotlib", "numpy", "weasyprint", "fontTools", "zxcvbn", "webauthn")
    look = f"import sys, app, workers; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", look],
        cwd=ROOT,
        env={**os.environ, "TEND_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"


def test_a_start_does_not_wait_for_the_product() -> None:
    look = "import sys, deploy.launcher.__main__; print('flask' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"

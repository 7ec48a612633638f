"""From a bare clone to something that runs: .venv, Node, the built page. Only Python is needed.

    python3 deploy/bootstrap.py run     .venv, the page, then Tend itself takes this process's place
    python3 deploy/bootstrap.py python  .venv with what running needs
    python3 deploy/bootstrap.py dev     .venv with what tests need too
    python3 deploy/bootstrap.py node    node_modules
    python3 deploy/bootstrap.py page    static/dist

Each step leaves a stamp (a hash of what it was made from) beside what it made, so that doing it
again on an unchanged tree costs a few milliseconds. Nothing outside the standard library here.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 22
RUNTIME = "requirements.txt"
DEV = "requirements-dev.txt"  # names everything of RUNTIME too
NODE = "requirements-node.txt"
STAMP = ".tend-stamp"
# What the built page is made from, beside everything under static/src and static/public.
PAGE_INPUTS = ("package.json", "package-lock.json", "index.html", "*.config.*", "tsconfig*.json")


class CannotPrepare(Exception):
    """One sentence that says what is missing and what to do."""


def hash_of(paths: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def stamp_says(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == wanted


def run(step: str, command: list[str], folder: Path = ROOT) -> None:
    """Runs it, showing what it prints; a failure is told in one sentence after that."""
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode:
        raise CannotPrepare(f"{step} did not work; what it printed above says why.")


def make_venv() -> None:
    # pip comes last into it: one that was broken off, or whose Python is gone, is made anew.
    if (VENV / "bin" / "python").exists() and (VENV / "bin" / "pip").exists():
        return
    print("Making .venv", flush=True)
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise CannotPrepare(
            "This Python cannot make a virtual environment: install its venv and pip "
            "(on Debian: `apt-get install python3-venv`) and start again."
        )


def install(lock: str) -> None:
    """What the lock names, each file checked against its hash; skipped when it is there already."""
    make_venv()
    wanted = hash_of([ROOT / lock], sys.version)
    stamp = VENV / f"{STAMP}-{lock.removesuffix('.txt')}"
    if stamp_says(stamp, wanted):
        return
    print(f"Installing {lock}", flush=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--require-hashes", "--no-input", "--requirement", lock]
    run(f"Installing the packages of {lock}", [*pip, "install", *options])
    stamp.write_text(wanted, encoding="ascii")
    if lock == DEV:  # it has the other one in it
        covered = hash_of([ROOT / RUNTIME], sys.version)
        (VENV / f"{STAMP}-{RUNTIME.removesuffix('.txt')}").write_text(covered, encoding="ascii")


def node_version(node: str) -> int:
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.match(r"v(\d+)\.", done.stdout)
    return int(found[1]) if found else 0


def find_npm() -> str:
    """The machine's npm when its Node is new enough, else PyPI's, in .venv."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return npm
    install(NODE)
    return str(VENV / "bin" / "npm")


def install_node_modules() -> None:
    wanted = hash_of([STATIC / "package.json", STATIC / "package-lock.json"])
    stamp = STATIC / "node_modules" / STAMP
    if stamp_says(stamp, wanted):
        return
    npm = find_npm()
    print("Installing the page's packages", flush=True)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    run("Installing the page's packages (npm ci)", [npm, "ci", *quiet], STATIC)
    stamp.write_text(wanted, encoding="ascii")


def page_inputs() -> list[Path]:
    found = {path for pattern in PAGE_INPUTS for path in STATIC.glob(pattern)}
    for folder in ("src", "public"):
        found |= {path for path in (STATIC / folder).rglob("*") if path.is_file()}
    return [path for path in found if not re.search(r"\.(spec|test)\.", path.name)]


def build_page() -> None:
    wanted = hash_of(page_inputs())
    stamp = STATIC / "dist" / STAMP
    if stamp_says(stamp, wanted):
        return
    install_node_modules()
    print("Building the page", flush=True)
    build = ["run", "--silent", "build", "--", "--logLevel", "warn"]
    run("Building the page (npm run build)", [find_npm(), *build], STATIC)
    stamp.write_text(wanted, encoding="ascii")


def start() -> None:
    python = str(VENV / "bin" / "python")
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "deploy.launcher"])  # noqa: S606


STEPS: dict[str, tuple[Callable[[], None], ...]] = {
    "run": (lambda: install(RUNTIME), build_page, start),
    "python": (lambda: install(RUNTIME),),
    "dev": (lambda: install(DEV),),
    "node": (make_venv, install_node_modules),
    "page": (make_venv, build_page),
}


def main(name: str) -> int:
    if sys.version_info < OLDEST_PYTHON:
        print("Tend needs Python 3.11 or newer: `make run PYTHON=python3.11`.", file=sys.stderr)
        return 1
    try:
        for step in STEPS[name]:
            step()
    except CannotPrepare as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

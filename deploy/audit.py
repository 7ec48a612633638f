"""`make audit`: known holes in what Tend stands on, risky code of its own, and a list of its parts.

    python deploy/audit.py          everything; needs the network for the two advisory services
    python deploy/audit.py code     bandit over Tend's own code
    python deploy/audit.py parts    the SBOM (CycloneDX), into build/sbom

Ends with 0 when nothing was found, 1 when something was, and 3 when nothing was found but an
advisory service could not be asked: then nobody knows.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
PARTS = ROOT / "build" / "sbom"
BIN = Path(sys.executable).parent
OUR_CODE = ("application", "api", "tasks", "deploy", *sorted(p.name for p in ROOT.glob("*.py")))
# What npm calls these fails; of Python's advisories most have no grade, so any of them does.
GRAVE = ("high", "critical")
# Advisories that were looked at and do not concern Tend: id, and why.
LOOKED_AT: dict[str, str] = {}

CLEAN, FOUND, UNKNOWN = 0, 1, 3


@dataclass(frozen=True)
class Verdict:
    """How one part of the audit ended, and what it has to say."""

    code: int
    said: list[str]


def ask(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def last_line(*texts: str) -> str:
    lines = [line for text in texts for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def python_holes() -> Verdict:
    """pip-audit over what is locked for running, by OSV, else by PyPI."""
    said = []
    for service in ("osv", "pypi"):
        command = ["pip-audit", "--requirement", "requirements.txt", "--disable-pip"]
        command += ["--require-hashes", "--format", "json", "--progress-spinner", "off"]
        done = ask([*command, "--timeout", "10", "--vulnerability-service", service])
        found = parsed(done.stdout)
        if isinstance(found, dict) and "dependencies" in found:
            return python_verdict(found["dependencies"], service)
        said.append(f"{service} could not be asked: {last_line(done.stdout, done.stderr)[:200]}")
    return Verdict(UNKNOWN, said)


def python_verdict(packages: list[dict[str, Any]], service: str) -> Verdict:
    unasked = [package["name"] for package in packages if "skip_reason" in package]
    if len(unasked) == len(packages):
        return Verdict(UNKNOWN, [f"{service} could not be asked: it knows no package at all"])
    if unasked:
        return Verdict(UNKNOWN, [f"{service} knows nothing of: {', '.join(unasked)}"])
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}, mended in "
        f"{', '.join(hole['fix_versions']) or 'no release yet'}"
        for package in packages
        for hole in package.get("vulns", ())
        if not {hole["id"], *hole.get("aliases", ())} & LOOKED_AT.keys()
    ]
    asked = f"{len(packages)} packages, asked of {service}"
    return Verdict(FOUND, [*holes, asked]) if holes else Verdict(CLEAN, [f"{asked}: none"])


def page_holes() -> Verdict:
    """npm audit over what is locked for the page; low and moderate ones are told, and pass."""
    done = ask(["npm", "audit", "--json", "--package-lock-only"], STATIC)
    found = parsed(done.stdout)
    if not isinstance(found, dict) or "vulnerabilities" not in found:
        error = found.get("message") if isinstance(found, dict) else None
        why = error or last_line(done.stdout, done.stderr)
        return Verdict(UNKNOWN, [f"npm's registry could not be asked: {str(why)[:200]}"])
    holes = [
        f"{name}: {hole.get('severity')}" for name, hole in sorted(found["vulnerabilities"].items())
    ]
    grave = any(hole.get("severity") in GRAVE for hole in found["vulnerabilities"].values())
    count = found.get("metadata", {}).get("dependencies", {}).get("total", "?")
    return Verdict(FOUND if grave else CLEAN, [*holes, f"{count} packages, {len(holes)} known"])


def own_code() -> Verdict:
    """bandit over what runs; an exception stands beside its line, with the reason."""
    done = ask(["bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *OUR_CODE])
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode == 0:
        return Verdict(CLEAN, ["nothing to say"])
    return Verdict(FOUND, lines or [last_line(done.stderr)])


def parts() -> Verdict:
    """The two lists of parts (CycloneDX), Python's and the page's, each held against its lock."""
    shutil.rmtree(PARTS, ignore_errors=True)
    PARTS.mkdir(parents=True)
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", locked, flags=re.MULTILINE))
    lists = [listed(PARTS / "python.json", python_parts(), pinned)]
    wanted = json.loads((STATIC / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lists.append(listed(PARTS / "page.json", page_parts(), set(wanted)))
    return Verdict(max(one.code for one in lists), [line for one in lists for line in one.said])


def python_parts() -> subprocess.CompletedProcess[str]:
    return ask(["cyclonedx-py", "requirements", "requirements.txt", "--output-reproducible"])


def page_parts() -> subprocess.CompletedProcess[str]:
    # With what only builds and checks, which is marked so: npm leaves out too much without it.
    return ask(["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], STATIC)


def listed(path: Path, done: subprocess.CompletedProcess[str], wanted: set[str]) -> Verdict:
    """Keep the list that a program printed, if it has every part that it must have."""
    found = parsed(done.stdout)
    if done.returncode or not isinstance(found, dict):
        return Verdict(FOUND, [f"{path.name}: {last_line(done.stdout, done.stderr)}"])
    names = {part["name"] for part in found["components"]}
    if missing := sorted(wanted - names):
        return Verdict(FOUND, [f"{path.name} leaves out {', '.join(missing)}"])
    path.write_text(done.stdout, encoding="utf-8")
    return Verdict(CLEAN, [f"{path.relative_to(ROOT)}: {len(found['components'])} parts"])


STEPS: dict[str, tuple[str, Callable[[], Verdict]]] = {
    "python": ("Known holes in Python packages", python_holes),
    "page": ("Known holes in the page's packages", page_holes),
    "code": ("Risky code of our own", own_code),
    "parts": ("List of parts (SBOM)", parts),
}


def main(names: list[str]) -> int:
    codes = set()
    for name in names or list(STEPS):
        title, step = STEPS[name]
        verdict = step()
        codes.add(verdict.code)
        mark = {CLEAN: "ok", FOUND: "FOUND", UNKNOWN: "NOT KNOWN"}[verdict.code]
        print(f"{title}: {mark}")
        for line in verdict.said:
            print(f"  {line}")
    if FOUND in codes:
        return FOUND
    if UNKNOWN in codes:
        print(
            "NOT KNOWN: an advisory service could not be asked, so this says nothing about known "
            "holes. Run it again where the network lets it."
        )
        return UNKNOWN
    return CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run the proofs at full size and write what they showed to build/prove-report.md.

The machine's steps are divided between the workers; the saga is enumerated for each way of paying; processes are killed
for minutes; every page is opened in every language and brightness; everything else is run once more with many more
examples. Each proof is a pytest of its own, as many at a time as there are workers.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
REPORT = BUILD / "prove-report.md"
MACHINE, SAGA, KILLS = "tests/journeys/test_machine.py", "tests/journeys/test_saga.py", "tests/kills"
BROWSER = "tests/browser"
WAYS = ("prepaid-False", "bank_transfer-False", "on_account-False", "prepaid-True")


@dataclass(frozen=True)
class Proof:
    """One pytest run: its name, what it selects, and how big it is."""

    name: str
    select: tuple[str, ...]
    size: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a proof ended."""

    proof: Proof
    passed: int
    failed: int
    seconds: float
    told: list[str]
    output: str

    @property
    def holds(self) -> bool:
        """Whether something was tried and nothing failed."""
        return self.passed > 0 and self.failed == 0


def proofs(steps: int, depth: int, shares: int, fire: int) -> list[Proof]:
    """All proofs, the longest first."""
    each = str(-(-steps // shares))
    machines = [
        Proof(f"machine {share + 1} of {shares}", (MACHINE,), {"MACHINE_STEPS": each, "MACHINE_SHARE": str(share)})
        for share in range(shares)
    ]
    sagas = [Proof(f"saga {way}", (f"{SAGA}::test_every_state_has_an_end[{way}]",), {"SAGA_DEPTH": str(depth)})
             for way in WAYS]  # fmt: skip
    rest = ("--ignore", MACHINE, "--ignore", SAGA, "--ignore", KILLS, "--ignore", BROWSER, "trivium", "tests")
    kills = Proof("kills", (KILLS,), {"KILLS_SECONDS": str(fire)})
    prepaid, others = [s for s in sagas if "prepaid" in s.name], [s for s in sagas if "prepaid" not in s.name]
    pages = Proof("pages in a browser", (BROWSER,), {})
    return [*prepaid, *machines, Proof("everything else", rest, {"HYPOTHESIS": "prove"}), pages, kills, *others]


def run(proof: Proof, seed: int) -> Outcome:
    """Run one proof to its end."""
    name = "".join(c if c.isalnum() else "-" for c in proof.name)
    results = BUILD / f"prove-{name}.xml"
    results.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1",
               f"--junit-xml={results}", *proof.select]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **proof.size, "HYPOTHESIS_SEED": str(seed)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    passed, failed, told = read(results)
    outcome = Outcome(proof, passed, failed or int(done.returncode != 0), seconds, told, done.stdout)
    print(f"{'holds' if outcome.holds else 'FAILS'}  {proof.name}: {passed} passed, {seconds:.0f} s", flush=True)
    return outcome


def read(results: Path) -> tuple[int, int, list[str]]:
    """Tests that passed, tests that failed, and what the proofs told."""
    if not results.exists():
        return 0, 1, []
    cases = list(ElementTree.parse(results).getroot().iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    told = [p.get("value", "") for case in cases for p in case.iter("property") if p.get("name") == "proof"]
    return len(cases) - failed - skipped, failed, told


def report(outcomes: list[Outcome], seed: int, seconds: float) -> str:
    """The report, as Markdown."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    lines = [
        "# What was proved",
        "",
        f"Commit {commit.stdout.strip() or 'unknown'}, {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC,"
        f" Python {platform.python_version()}, {os.cpu_count()} cores, {seconds / 60:.0f} minutes.",
        f"Repeat with `make prove PROVE=\"--seed {seed}\"`.",
        "",
        "| proof | passed | failed | seconds | |",
        "|---|---:|---:|---:|---|",
        *(
            f"| {o.proof.name} | {o.passed} | {o.failed} | {o.seconds:.0f} | {'holds' if o.holds else '**fails**'} |"
            for o in outcomes
        ),
        "",
        *(f"- {line}" for o in outcomes for line in o.told),
    ]
    for outcome in outcomes:
        if not outcome.holds:
            lines += ["", f"## {outcome.proof.name}", "", "```", *outcome.output.splitlines()[-120:], "```"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run all proofs; 0 when all of them hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=100_000, help="of the machine, together")
    options.add_argument("--depth", type=int, default=12, help="of the saga, in events")
    options.add_argument("--fire", type=int, default=300, help="seconds of kill -9, twice")
    options.add_argument("--workers", type=int, default=2, help="proofs at a time")
    options.add_argument("--seed", type=int, default=None)
    given = options.parse_args()
    seed = int.from_bytes(os.urandom(4), "big") if given.seed is None else given.seed
    BUILD.mkdir(exist_ok=True)
    began = time.monotonic()
    print(f"seed {seed}", flush=True)
    with ThreadPoolExecutor(given.workers) as pool:
        found = proofs(given.steps, given.depth, given.workers, given.fire)
        waiting = [pool.submit(run, proof, seed) for proof in found]
        outcomes = [future.result() for future in waiting]
    REPORT.write_text(report(outcomes, seed, time.monotonic() - began), encoding="utf-8")
    print(f"{REPORT.relative_to(ROOT)} written", flush=True)
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())

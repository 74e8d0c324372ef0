"""Run the proofs at full size and write what they showed to build/prove-report.md.

The machine's steps are divided into shares; the saga is enumerated for each way of paying; processes are killed for
minutes; every page is opened in every language and brightness; everything else is run once more with many more
examples. Each proof is a pytest of its own, as many at a time as there are workers, the longest first, so that the
workers end together. What a proof says goes to build/prove-<name>.log while it runs.

The report is written anew whenever a proof ends: a run that is interrupted leaves one that names what was cut off and
what was not begun.
"""

import argparse
import os
import platform
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
REPORT = BUILD / "prove-report.md"
MACHINE, SAGA, KILLS = "tests/journeys/test_machine.py", "tests/journeys/test_saga.py", "tests/kills"
BROWSER, REDTEAM, DOORS = "tests/browser", "tests/redteam", ("trivium/web", "trivium/api")
# Ways of paying, and how many minutes their states take at full depth on one quiet core.
WAYS = {"prepaid-False": 9, "prepaid-True": 6, "bank_transfer-False": 1, "on_account-False": 1}
STEPS_A_MINUTE = 8000
TELL_EVERY_S = 60
GRACE_S = 30


@dataclass(frozen=True, eq=False)
class Proof:
    """One pytest run: its name, what it selects, how big it is, and about how many minutes it takes."""

    name: str
    select: tuple[str, ...]
    size: dict[str, str]
    minutes: float

    @property
    def file(self) -> str:
        """Its name as files carry it."""
        return "prove-" + "".join(c if c.isalnum() else "-" for c in self.name)


@dataclass(frozen=True)
class Outcome:
    """How a proof ended."""

    proof: Proof
    passed: int
    failed: int
    seconds: float
    told: list[str]
    output: str
    cut_off: bool = False

    @property
    def holds(self) -> bool:
        """Whether something was tried, all of it, and nothing failed."""
        return self.passed > 0 and self.failed == 0 and not self.cut_off

    @property
    def verdict(self) -> str:
        """In a word or two."""
        return "holds" if self.holds else "FAILS" if self.failed else "cut off"


def proofs(steps: int, depth: int, shares: int, fire: int) -> list[Proof]:
    """All proofs, the longest first."""
    each = -(-steps // shares)
    machines = [
        Proof(f"machine {share + 1} of {shares}", (MACHINE,),
              {"MACHINE_STEPS": str(each), "MACHINE_SHARE": str(share)}, each / STEPS_A_MINUTE)
        for share in range(shares)
    ]  # fmt: skip
    sagas = [
        Proof(f"saga {way}", (f"{SAGA}::test_every_state_has_an_end[{way}]",), {"SAGA_DEPTH": str(depth)}, minutes)
        for way, minutes in WAYS.items()
    ]
    more = {"HYPOTHESIS": "prove"}
    apart = (MACHINE, SAGA, KILLS, BROWSER, REDTEAM, *DOORS)
    rest = (*(word for path in apart for word in ("--ignore", path)), "trivium", "tests")
    others = [
        Proof("kills", (KILLS,), {"KILLS_SECONDS": str(fire)}, 2 * fire / 60 + 5),
        Proof("pages in a browser", (BROWSER,), more, 19),
        Proof("strangers and enemies", (REDTEAM,), more, 8),
        Proof("pages and routes", DOORS, more, 2),
        Proof("everything else", rest, more, 12),
    ]
    return sorted([*machines, *sagas, *others], key=lambda proof: -proof.minutes)


@dataclass
class Run:
    """All proofs of one run: what waits, what runs, what has ended."""

    found: list[Proof]
    seed: int
    began: float = field(default_factory=time.monotonic)
    running: dict[Proof, tuple[float, "subprocess.Popen[str]"]] = field(default_factory=dict)
    ended: dict[Proof, Outcome] = field(default_factory=dict)
    is_over: bool = False

    def carry_out(self, workers: int) -> None:
        """Run all, telling how far each is; an interruption ends those that run and begins no more."""
        with ThreadPoolExecutor(workers) as pool:
            waiting = {pool.submit(self._run, proof) for proof in self.found}
            try:
                while waiting:
                    done, waiting = wait(waiting, timeout=TELL_EVERY_S, return_when=FIRST_COMPLETED)
                    for future in done:
                        future.result()
                    self._write() if done else self._tell()
            except KeyboardInterrupt:
                print("interrupted: what runs is ended, nothing more is begun", flush=True)
                self._end(waiting)
            self._write()

    def _run(self, proof: Proof) -> None:
        results, log = BUILD / f"{proof.file}.xml", BUILD / f"{proof.file}.log"
        results.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", "-o",
                   "junit_family=xunit1", f"--junit-xml={results}", *proof.select]  # fmt: skip
        environment = {**os.environ, **proof.size, "HYPOTHESIS_SEED": str(self.seed)}
        began = time.monotonic()
        with log.open("w", encoding="utf-8") as said:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=said,
                                       stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
            self.running[proof] = (began, process)
            self._say(f"begins {proof.name}, about {proof.minutes:.0f} min")
            process.wait()
        del self.running[proof]
        outcome = self._outcome(proof, process.returncode, results, log, time.monotonic() - began)
        self.ended[proof] = outcome
        self._say(f"{outcome.verdict}  {proof.name}: {outcome.passed} passed, {outcome.seconds:.0f} s")

    def _outcome(self, proof: Proof, status: int, results: Path, log: Path, seconds: float) -> Outcome:
        output = log.read_text(encoding="utf-8", errors="replace")
        if self.is_over and status in (2, -signal.SIGINT, -signal.SIGKILL):  # 2: pytest was interrupted
            passed, failed, told = read(results) if results.exists() else (0, 0, [])
            passed = max(passed - 1, 0)  # the one that was interrupted is told among them
            return Outcome(proof, passed, failed, seconds, told, output, cut_off=True)
        passed, failed, told = read(results) if results.exists() else (0, 1, [])
        return Outcome(proof, passed, failed or int(status != 0), seconds, told, output)

    def _end(self, waiting: set["Future[None]"]) -> None:
        self.is_over = True
        for future in waiting:
            future.cancel()
        for ask in (signal.SIGINT, signal.SIGKILL):
            for _began, process in list(self.running.values()):
                if process.poll() is None and ask == signal.SIGINT:
                    process.send_signal(ask)  # pytest ends what it has started, and says what it had seen
                elif process.poll() is None:
                    os.killpg(process.pid, ask)
            until = time.monotonic() + GRACE_S
            while self.running and time.monotonic() < until:
                time.sleep(0.1)

    def _tell(self) -> None:
        now = time.monotonic()
        runs = [f"{proof.name} {(now - began) / 60:.0f} of about {proof.minutes:.0f} min{_percent(proof)}"
                for proof, (began, _process) in list(self.running.items())]  # fmt: skip
        left = self.not_run
        after = f"; next {left[0].name}, {len(left)} to come" if left else ""
        self._say(f"runs: {', '.join(runs)}{after}")

    def _say(self, text: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        print(f"{minutes:3d}:{seconds:02d}  {text}", flush=True)

    @property
    def not_run(self) -> list[Proof]:
        """What was not begun."""
        return [proof for proof in self.found if proof not in self.ended and proof not in self.running]

    @property
    def holds(self) -> bool:
        """Whether all were run and all hold."""
        return len(self.ended) == len(self.found) and all(outcome.holds for outcome in self.ended.values())

    def _write(self) -> None:
        outcomes = [self.ended[proof] for proof in self.found if proof in self.ended]
        missing = [*self.running, *self.not_run]
        REPORT.write_text(report(outcomes, missing, self.seed, time.monotonic() - self.began), encoding="utf-8")


def _percent(proof: Proof) -> str:
    found = re.findall(r"\[ *(\d+%)\]", (BUILD / f"{proof.file}.log").read_text(encoding="utf-8", errors="replace"))
    return f" ({found[-1]})" if found else ""


def read(results: Path) -> tuple[int, int, list[str]]:
    """Tests that passed, tests that failed, and what the proofs told."""
    cases = list(ElementTree.parse(results).getroot().iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    told = [p.get("value", "") for case in cases for p in case.iter("property") if p.get("name") == "proof"]
    return len(cases) - failed - skipped, failed, told


def report(outcomes: Sequence[Outcome], missing: Sequence[Proof], seed: int, seconds: float) -> str:
    """The report, as Markdown."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    lines = [
        "# What was proved",
        "",
        f"Commit {commit.stdout.strip() or 'unknown'}, {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC,"
        f" Python {platform.python_version()}, {os.cpu_count()} cores, {seconds / 60:.0f} minutes.",
        f'Repeat with `make prove PROVE="--seed {seed}"`.',
        "",
        *([f"**Not the whole**: {', '.join(proof.name for proof in missing)} had not ended.", ""] if missing else []),
        "| proof | passed | failed | seconds | |",
        "|---|---:|---:|---:|---|",
        *(_row(outcome) for outcome in outcomes),
        *(f"| {proof.name} | | | | **not run to its end** |" for proof in missing),
        "",
        *(f"- {line}" for outcome in outcomes for line in outcome.told),
    ]
    for outcome in outcomes:
        if not outcome.holds:
            lines += ["", f"## {outcome.proof.name}", "", "```", *outcome.output.splitlines()[-120:], "```"]
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome) -> str:
    verdict = outcome.verdict if outcome.holds else f"**{outcome.verdict}**"
    return f"| {outcome.proof.name} | {outcome.passed} | {outcome.failed} | {outcome.seconds:.0f} | {verdict} |"


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run all proofs; 0 when all of them hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=100_000, help="of the machine, together")
    options.add_argument("--depth", type=int, default=12, help="of the saga, in events")
    options.add_argument("--fire", type=int, default=300, help="seconds of kill -9, twice")
    options.add_argument("--workers", type=int, default=2, help="proofs at a time")
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--only", default="", help="only proofs whose names begin so")
    given = options.parse_args()
    BUILD.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)  # in the background of a shell it is ignored, and so would its proofs
    found = proofs(given.steps, given.depth, 2 * given.workers, given.fire)
    run = Run([proof for proof in found if proof.name.startswith(given.only)],
              int.from_bytes(os.urandom(4), "big") if given.seed is None else given.seed)  # fmt: skip
    expected = sum(proof.minutes for proof in run.found) / given.workers
    print(
        f"seed {run.seed}; {len(run.found)} proofs, about {expected:.0f} minutes on {given.workers} workers", flush=True
    )
    run.carry_out(given.workers)
    print(f"{REPORT.relative_to(ROOT)} written", flush=True)
    return 0 if run.holds else 1


if __name__ == "__main__":
    sys.exit(main())

"""Every test stands in exactly one of the proofs of `make prove`, and its report says what was not run."""

import time

from tests.architecture.house import ROOT
from tools.prove import Outcome, Proof, Run, proofs, report


def selects(proof: Proof, path: str) -> bool:
    words = list(proof.select)
    ignored = [words[at + 1] for at, word in enumerate(words) if word == "--ignore"]
    chosen = [word.split("::")[0] for at, word in enumerate(words) if word != "--ignore" and word not in ignored]
    inside = [any(path == each or path.startswith(f"{each}/") for each in found) for found in (chosen, ignored)]
    return inside == [True, False]


def test_every_test_stands_in_one_proof():
    found = proofs(100, 3, 2, 10)
    files = [str(path.relative_to(ROOT)) for top in ("trivium", "tests") for path in (ROOT / top).rglob("test_*.py")]
    chosen = {path: {p.name.split()[0] for p in found if selects(p, path)} for path in files}
    assert not {path: names for path, names in chosen.items() if len(names) != 1}


def test_the_longest_proof_begins_first():
    found = [proof.minutes for proof in proofs(100_000, 12, 4, 300)]
    assert found == sorted(found, reverse=True)


def test_what_was_cut_off_or_not_begun_is_named():
    first, second, third = (Proof(name, (), {}, 1) for name in ("first", "second", "third"))
    holds = Outcome(first, 3, 0, 1.0, ["told"], "")
    cut_off = Outcome(second, 3, 0, 1.0, [], "", cut_off=True)
    text = report([holds, cut_off], [third], 7, 60)
    assert "**Not the whole**: third had not ended." in text and "- told" in text
    assert "| first | 3 | 0 | 1 | holds |" in text and "| second | 3 | 0 | 1 | **cut off** |" in text
    run = Run([first, second, third], 7, time.monotonic(), ended={first: holds, second: cut_off})
    assert run.not_run == [third] and not run.holds

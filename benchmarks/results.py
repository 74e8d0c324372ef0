"""What was measured: rows of a table, each beside its limit if it has one."""

import os
from typing import Any

from benchmarks.ground import Run

SIZE = float(os.environ.get("BENCH_SIZE", "1"))
ROWS: list[dict[str, Any]] = []


def note(name: str, run: Run, *, limit: Run | None = None, of: str = "", **more: Any) -> Run:
    """Keep one result; with a limit, its rate and its CPU as a part of the limit's."""
    row = {"workload": name, "per_second": round(run.rate, 1), "cpu_ms": round(run.cpu_ms, 2),
           "own_cpu_ms": round(run.own_cpu / run.runs * 1000, 2),
           "postgres_cpu_ms": round(run.database_cpu / run.runs * 1000, 2)}  # fmt: skip
    if limit:
        row |= {"percent_of": of, "percent": round(100 * run.rate / limit.rate, 1),
                "percent_by_cpu": round(100 * limit.cpu_ms / run.cpu_ms, 1)}  # fmt: skip
    ROWS.append(row | more)
    beside = f", {row['percent_by_cpu']} % of {of} by CPU" if limit else ""
    print(f"  {name}: {run.rate:,.0f}/s, {run.cpu_ms:.2f} ms CPU{beside}", flush=True)
    return run


def fact(name: str, **figures: Any) -> None:
    """Keep figures that are no rate: times, memory, statements."""
    ROWS.append({"workload": name, **figures})
    print(f"  {name}: " + ", ".join(f"{key} {value}" for key, value in figures.items()), flush=True)


def table() -> str:
    """The results as a Markdown table."""
    lines = ["| workload | /s | CPU ms | of it PostgreSQL | part of the limit | more |", "|---|---:|---:|---:|---|---|"]
    known = {"workload", "per_second", "cpu_ms", "own_cpu_ms", "postgres_cpu_ms", "percent", "percent_of",
             "percent_by_cpu"}  # fmt: skip
    for row in ROWS:
        part = ""
        if "percent" in row:
            part = f"{row['percent']} % of {row['percent_of']}, {row['percent_by_cpu']} % by CPU"
        more = ", ".join(f"{key} {value}" for key, value in row.items() if key not in known)
        rate = f"{row['per_second']:,}" if "per_second" in row else ""
        cells = (row["workload"], rate, row.get("cpu_ms", ""), row.get("postgres_cpu_ms", ""), part, more)
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)

"""Keep this version's database for the upgrade tests of later ones: `python -m tools.make_dump [NAME]`, once a landing.

Without a name it is the version's.
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def main() -> None:
    """Live the story in a database of its own and write tests/upgrade/dumps/<version>.sql.gz."""
    from benchmarks.ground import open_database

    address, _made = open_database()
    from tests.upgrade.story import live
    from trivium import __version__
    from trivium.project.embedded import data_dir
    from trivium.project.programs import Programs

    live()
    program = Programs(data_dir() / "postgres").find().folder / "pg_dump"
    command = [str(program), "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200", address]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # psql's own words, and the search path a later connection would miss
    lines = [line for line in text.splitlines() if not line.startswith("\\") and "set_config('search_path'" not in line]
    target = HERE / "tests" / "upgrade" / "dumps" / f"{sys.argv[1] if len(sys.argv) > 1 else __version__}.sql.gz"
    target.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    print(f"{target.relative_to(HERE)}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    os.environ.setdefault("TRIVIUM_DATA_DIR", str(HERE / "build" / "bench"))
    main()

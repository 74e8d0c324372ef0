"""`trivium rotate-keys`: new keys for what is encrypted, told with its progress."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from trivium.core import rotation, vault
from trivium.parties import commands as parties

FINE, FAILED = 0, 1
SHOWN = 50  # of what could not be opened


def run(console: Console, *, forget: bool = False) -> int:
    """Bring everything that is encrypted under the first keys; 0 if nothing is left under another one.

    Where the keys are this installation's own and nothing is outdated, a new key is made first. A rotation that was cut
    off is carried on.
    """
    own = rotation.rings_of_its_own()
    waiting = rotation.outdated()
    if own and not any(waiting.values()):
        for ring in own.values():
            rotation.add_key(ring)
        console.print(f"A new key was made for {' and '.join(own)}.")
        waiting = rotation.outdated()
    outcome = _carry_out(console, waiting)
    closed = 0
    try:
        outcome.values += parties.renew_second_factors()  # they lie inside allauth's own rows
    except vault.Unreadable as error:
        closed = 1
        outcome.unreadable.insert(0, f"second factors: {error}")
    for line in outcome.unreadable[:SHOWN]:
        console.print(line, style="red", markup=False)
    if len(outcome.unreadable) > SHOWN:
        console.print(f"and {len(outcome.unreadable) - SHOWN} more that could not be opened", style="red")
    left = sum(rotation.outdated().values()) + closed
    console.print(f"{outcome.values} values and {outcome.files} files are under the first key now; {left} are not.")
    if left:
        console.print("Run it again: what is written while it runs may still be under an older key.")
        return FAILED
    if forget and "TRIVIUM_VAULT_KEYS" in own:
        gone = rotation.forget_keys(own["TRIVIUM_VAULT_KEYS"], list(rotation.keys_in_use()))
        console.print(f"{gone} keys were forgotten: backups from before can no longer be read without a copy of them.")
    elif not own:
        console.print("The keys stand in the environment: the older ones can go when no backup needs them.")
    return FINE


def _carry_out(console: Console, waiting: dict[str, int]) -> rotation.Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=sum(waiting.values()))

        def tell(place: str, count: int) -> None:
            progress.update(task, description=place, advance=count)

        return rotation.rotate(tell)

"""What workers run for ordering: reactions and the deadline sweep."""

from procrastinate.contrib.django import app

from trivium.core.events import AGAIN_LATER, AGAIN_SOON, on
from trivium.core.jobs import carry_out
from trivium.core.time import now
from trivium.ordering import commands, queries
from trivium.ordering.events import LinesGivenBack, SupplierOrderCancelled
from trivium.parties.events import ApprovalDecided, PersonLeft

SWEEP_BATCH = 500


@on(LinesGivenBack)
def return_coupon_of_lines(event: LinesGivenBack) -> None:
    """A coupon comes back when every line it touched has."""
    commands.return_coupon(event.order_ref)


@on(SupplierOrderCancelled)
def return_coupon_of_part(event: SupplierOrderCancelled) -> None:
    """A coupon comes back when every line it touched has."""
    commands.return_coupon(event.order_ref)


@on(ApprovalDecided)
def submit_or_cancel(event: ApprovalDecided) -> None:
    """A company's people have decided on an order of theirs."""
    if event.subject.startswith("ord_"):
        commands.refresh_order(event.subject)


@on(PersonLeft)
def hand_over_cart(event: PersonLeft) -> None:
    """Somebody has left: what they were about to order goes to a colleague."""
    if event.to_ref:
        commands.take_over_cart(event.organization_ref, event.subject, event.to_ref)


@app.periodic(cron="53 3 * * *")
@app.task(name="ordering.forget_addresses", queue="schedules", retry=AGAIN_LATER)
def forget_addresses(timestamp: int = 0) -> int:
    """Each night: who took the goods, and where, goes when its time has come; returns of how many orders."""
    done = 0
    while batch := commands.forget_addresses():
        done += batch
    return done


@app.periodic(cron="* * * * *")
@app.task(name="ordering.sweep", queue="schedules", retry=AGAIN_SOON)
def sweep_deadlines(timestamp: int = 0) -> int:
    """Each minute: carry out the defaults of all deadlines that have passed; returns how many.

    Each is a transaction of its own, and one that fails does not hold back the others: the failure propagates when
    all have had their turn, and the next sweep tries it again.
    """
    done, before = 0, None
    while (found := queries.due(now(), SWEEP_BATCH)) != before:
        done += carry_out(found, _pass_deadline)
        before = found
        if len(found) < SWEEP_BATCH:
            break
    return done


def _pass_deadline(due: tuple[str, str]) -> None:
    commands.pass_deadline(*due)

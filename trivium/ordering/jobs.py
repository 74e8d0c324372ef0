"""What workers run for ordering: reactions and the deadline sweep."""

from procrastinate.contrib.django import app

from trivium.core.events import AGAIN_LATER, AGAIN_SOON, on
from trivium.core.jobs import carry_out
from trivium.core.time import now
from trivium.ordering import commands, queries
from trivium.ordering.events import LinesGivenBack, SupplierOrderCancelled
from trivium.parties.events import AgreementSigned, ApprovalDecided, PersonLeft

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


@on(AgreementSigned)
def submit_signed(event: AgreementSigned) -> None:
    """A company has signed what its approved orders lacked."""
    carry_out(queries.approved_and_held(event.organization_ref), commands.refresh_order)


@app.periodic(cron="*/10 * * * *")
@app.task(name="ordering.submit_held", queue="schedules", retry=AGAIN_LATER)
def submit_held(timestamp: int = 0) -> int:
    """Every ten minutes: approved orders whose company lacks no signature any more, since none is asked for, go out."""
    return carry_out(queries.approved_and_held(), commands.refresh_order)


@on(PersonLeft)
def hand_over_cart(event: PersonLeft) -> None:
    """Somebody has left: what they were about to order goes to a colleague."""
    commands.take_over_cart(event.organization_ref, event.subject, event.to_ref)


@app.periodic(cron="*/10 * * * *")
@app.task(name="ordering.hand_over_left_carts", queue="schedules", retry=AGAIN_LATER)
def hand_over_left_carts(timestamp: int = 0) -> int:
    """Every ten minutes: what leavers were about to order where nobody bought goes to whoever buys there now."""
    return carry_out(queries.carts_left(now()), _take_over)


def _take_over(left: tuple[str, str]) -> None:
    commands.take_over_cart(*left)


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

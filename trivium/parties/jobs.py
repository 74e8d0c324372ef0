"""What workers run for parties."""

from procrastinate.contrib.django import app

from trivium.core.actor import Actor
from trivium.core.events import AGAIN_LATER, AGAIN_SOON
from trivium.core.jobs import carry_out
from trivium.core.time import business_day, now
from trivium.parties import commands, queries


@app.periodic(cron="17 0 * * *")
@app.task(name="parties.remind_of_agreements", queue="schedules", retry=AGAIN_LATER)
def remind_of_agreements(timestamp: int = 0) -> int:
    """Each morning: companies whose agreement lapses or begins to bind are told, 60, 30 and 7 days before, once each.

    Partners who waited for a signature that is asked for no more begin.
    """
    commands.activate_waiting()
    return carry_out(queries.agreements_lapsing(now()), commands.remind_of_agreement)


@app.periodic(cron="*/10 * * * *")
@app.task(name="parties.note_uses", queue="schedules", retry=AGAIN_SOON)
def note_uses(timestamp: int = 0) -> int:
    """Every ten minutes: keep the moments keys were last used, which the meter would lose in a crash."""
    return commands.note_uses()


@app.periodic(cron="41 3 * * *")
@app.task(name="parties.forget", queue="schedules", retry=AGAIN_LATER)
def forget(timestamp: int = 0) -> int:
    """Each night: what is held on persons goes when its time has come (queries.retention_rules).

    Returns how many of it.
    """
    system = Actor.system("retention")
    commands.forget_sessions()
    commands.forget_answers()
    persons = carry_out(
        queries.persons_to_forget(now()), lambda ref: commands.erase_person(system, ref, reason="retention")
    )
    return persons + carry_out(queries.consents_to_forget(now()), commands.forget_consent)


@app.periodic(cron="11 0 * * *")
@app.task(name="parties.warn_of_papers", queue="schedules", retry=AGAIN_LATER)
def warn_of_papers(timestamp: int = 0) -> int:
    """Each night: tell companies and the operator of papers that lapse in 60, 30 or 7 days, or have lapsed."""
    return carry_out(queries.papers_to_warn_of(business_day(now())), commands.warn_of_paper)

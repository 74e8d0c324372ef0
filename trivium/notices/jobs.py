"""What workers run for notices: the mails."""

from procrastinate.contrib.django import app

from trivium.core.events import AGAIN_SOON, on
from trivium.core.time import now
from trivium.notices import commands
from trivium.parties.events import PersonInvited
from trivium.service.events import VisitorTold


@app.periodic(cron="* * * * * */15")
@app.task(name="notices.mail", queue="schedules", retry=AGAIN_SOON, lock="notices.mail")
def mail(timestamp: int = 0) -> int:
    """Each quarter of a minute: find out who is to get a mail, and send what is due; returns how many went out."""
    while commands.address_mail(now()):
        pass
    return commands.send_mail()


@on(PersonInvited)
def mail_invitation(event: PersonInvited) -> None:
    """Somebody is invited: the link goes to their mail address."""
    commands.send_invitation(event.subject)


@on(VisitorTold)
def mail_visitor(event: VisitorTold) -> None:
    """Something became of feedback that was given without signing in: the link goes to its mail address."""
    commands.tell_visitor(event.subject, event.what, event.word)

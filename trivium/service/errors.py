"""What service refuses."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class BadKind(Invalid):
    code = "ticket.bad_kind"
    message = _("“%(kind)s” is no kind of ticket. Use one of: %(known)s.")


class BadOutcome(Invalid):
    code = "ticket.bad_outcome"
    message = _("A ticket cannot end as “%(outcome)s” here. Use one of: %(known)s.")


class BadPage(Invalid):
    code = "ticket.bad_page"
    message = _("“%(page)s” is no page of this site. Name its path, such as /buyer/orders/.")


class NotAnAbout(Invalid):
    code = "ticket.not_an_about"
    message = _("A ticket can be about an order or a product. Give an order’s number or reference, or a product’s.")


class TooLateToReopen(Conflict):
    code = "ticket.too_late_to_reopen"
    message = _("A closed ticket can be opened again for %(days)s days. Open a new one, and name this one in it.")


class BadAnnouncement(Invalid):
    code = "announcement.bad_kind"
    message = _("“%(kind)s” is no kind of announcement. Use one of: %(known)s.")


class BadGroup(Invalid):
    code = "announcement.bad_group"
    message = _("“%(role)s” is no group. Address operator, supplier, partner or buyer.")


class NobodyAddressed(Invalid):
    code = "announcement.nobody_addressed"
    message = _("Nobody would read this. Choose a role, or name companies.")


class UnknownCompany(Invalid):
    code = "announcement.unknown_company"
    message = _("There is no company “%(name)s”. Write its name as its page shows it, or its reference.")


class TooManyCompanies(Invalid):
    code = "announcement.too_many_companies"
    message = _("At most %(limit)s companies can be named. Address a role instead.")


class LacksLanguage(Invalid):
    code = "announcement.lacks_language"
    message = _("Write it in both languages: some of those it goes to read only one of them.")


class AlreadyOver(Invalid):
    code = "announcement.already_over"
    message = _("That day is over. Choose today or a later one, or leave it empty.")


class NothingToAcknowledge(Conflict):
    code = "announcement.nothing_to_acknowledge"
    message = _("This announcement asks for no acknowledgement.")


class UnknownStep(Invalid):
    code = "onboarding.unknown_step"
    message = _("“%(step)s” is none of the first steps here.")


class BadPoll(Invalid):
    code = "poll.bad_choice"
    message = _("“%(value)s” is none of the choices here. Use one of: %(known)s.")


class TooFewOptions(Invalid):
    code = "poll.bad_options"
    message = _("A poll has %(fewest)s to %(most)s options. Write each on a line of its own.")


class LinesDiffer(Invalid):
    code = "service.lines_differ"
    message = _("There are %(count)s lines here and %(other)s in the other language. Write the same ones in both.")


class BadEnd(Invalid):
    code = "poll.bad_end"
    message = _("A poll closes at a time to come, and within %(days)s days.")


class BadVote(Invalid):
    code = "poll.bad_vote"
    message = _("Choose one of the options, or several where the poll allows it.")


class PollOver(Conflict):
    code = "poll.over"
    message = _("This poll is closed: no vote can be given or changed any more.")


class NotAsked(Conflict):
    code = "service.not_asked"
    message = _("This is asked of others: you only see how it goes.")


class ResultsHidden(Denied):
    code = "poll.results_hidden"
    message = _("The results of this poll are not shown yet. They are once it is closed, or where it says so, "
                "when you have voted.")  # fmt: skip


class BadZone(Invalid):
    code = "meeting.bad_zone"
    message = _("“%(zone)s” is no time zone. Write it as Asia/Shanghai.")


class BadSpan(Invalid):
    code = "meeting.bad_span"
    message = _("A meeting begins at a time to come and ends after it, within a week.")


class NoPlace(Invalid):
    code = "meeting.no_place"
    message = _("Nobody would find it. Name a place, or a link.")


class BadLink(Invalid):
    code = "meeting.bad_link"
    message = _("This is no link that can be opened. It begins with https://.")


class BadAnswer(Invalid):
    code = "meeting.bad_answer"
    message = _("“%(answer)s” is no answer to an invitation. Use one of: %(known)s.")


class MeetingOver(Conflict):
    code = "meeting.over"
    message = _("This meeting was called off, or its time has come. Call another one.")


class MeetingNotBegun(Conflict):
    code = "meeting.not_begun"
    message = _(
        "Minutes are written from the beginning of a meeting on, and of one that was called off there are none."
    )


class TooManyPoints(Invalid):
    code = "meeting.too_many_points"
    message = _("At most %(most)s can be written down. Put some of them together.")

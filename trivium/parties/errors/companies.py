"""What parties refuse about companies, people and programs."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class BadPhone(Invalid):
    code = "parties.bad_phone"
    message = _("No such phone can be called. Write its number, outside China with + and the country's code.")


class NoPartner(Conflict):
    code = "parties.no_partner"
    message = _("This company has no channel partner yet. The operator assigns one before the first order.")


class AlreadyAssigned(Conflict):
    code = "parties.already_assigned"
    message = _("This buyer already belongs to a partner at that time. End that assignment first.")


class CutoverPlanned(Conflict):
    code = "parties.cutover_planned"
    message = _("This buyer goes over to another partner on %(day)s already. Withdraw that change first.")


class CutoverOver(Conflict):
    code = "parties.cutover_over"
    message = _("This change of partner is in force or withdrawn already. Plan another one instead.")


class PastDay(Invalid):
    code = "parties.past_day"
    message = _("A change of partner begins today or later, within a year. Choose another day.")


class Suspended(Conflict):
    code = "parties.suspended"
    message = _("%(name)s is suspended and takes no new orders. Earlier orders go on.")


class SuspendedAlready(Conflict):
    code = "parties.suspended_already"
    message = _("%(name)s is suspended already.")


class NotSuspended(Conflict):
    code = "parties.not_suspended"
    message = _("%(name)s is not suspended.")


class OwnRequest(Denied):
    code = "parties.own_request"
    message = _("Nobody approves what they asked for themselves. A colleague has to decide.")


class AlreadyDecided(Conflict):
    code = "parties.already_decided"
    message = _("This approval is already decided, or you have already voted on it.")


class NotAnApprover(Denied):
    code = "parties.not_an_approver"
    message = _("Your job in the company does not include this decision. Ask one of its approvers.")


class MailTaken(Conflict):
    code = "parties.mail_taken"
    message = _("A person with this mail address is already registered.")


class BadRole(Invalid):
    code = "parties.bad_role"
    message = _("“%(role)s” is not one of the roles operator, supplier, partner, buyer.")


class NotInRole(BadRole):
    code = "parties.not_in_role"
    message = _("This company has not been admitted as %(role)s. Admit it in that role first, or name another.")


class BadJob(BadRole):
    code = "parties.bad_job"
    message = _("“%(job)s” is not one of the jobs admin, staff, approver, finance, requester.")


class NoScope(Invalid):
    code = "parties.no_scope"
    message = _("Choose at least one scope: a key without one opens nothing.")


class BadScope(Invalid):
    code = "parties.bad_scope"
    message = _("“%(scope)s” is not a scope. Scopes are areas with :read or :write, such as orders:read.")


class ScopeBeyondOwn(Denied):
    code = "parties.scope_beyond_own"
    message = _("This key does not have the scope %(scope)s and so cannot give it to another key.")


class BadExpiry(Invalid):
    code = "parties.bad_expiry"
    message = _("A key can end only in the future. Choose a later day, or none.")


class BadCurrency(Invalid):
    code = "parties.bad_currency"
    message = _("“%(value)s” is not a currency. Write its three capital letters, such as CNY.")


class BadCountry(Invalid):
    code = "parties.bad_country"
    message = _("“%(value)s” is not a country. Write its two capital letters, such as CN.")


class BadPreference(Invalid):
    code = "parties.bad_preference"
    message = _("This setting cannot be kept: it is unknown, or too long. Choose from what the page offers.")


class TooManyKept(Conflict):
    code = "parties.too_many_kept"
    message = _("At most %(most)s can be kept here. Delete one you no longer need.")


class ViewIsThere(Conflict):
    code = "parties.view_is_there"
    message = _("You already have a view called “%(name)s” here. Choose another name.")


class OtherWords(Conflict):
    code = "parties.other_words"
    message = _("The words you agree to have been changed. Read the new ones first.")


class NotAgreed(Invalid):
    code = "parties.not_agreed"
    message = _("Without this there is no sign-in. Read the privacy notice, and tick it if you agree.")


class TermOutOfBounds(Invalid):
    """A law wants it kept longer, or nothing is kept for so long."""

    code = "parties.term_out_of_bounds"
    message = _("It is kept for %(least)s to %(most)s days: what a law asks for cannot be shortened.")


class NotThisAddress(Invalid):
    code = "parties.not_this_address"
    message = _("This is not your mail address. Type it as it stands above, if you mean it.")


class AlreadyErased(Conflict):
    code = "parties.already_erased"
    message = _("This person has been erased already.")


class OnlyAdministrator(Conflict):
    code = "parties.only_administrator"
    message = _("%(name)s would be left without an administrator. Make somebody else one first.")


# -- applications: what a draft cannot hold, and what screening finds -----------------------------------------------


class UnknownFact(Invalid):
    code = "parties.unknown_fact"
    message = _("“%(fact)s” is nothing an application asks. Leave it out.")


class BadIndustry(Invalid):
    code = "parties.bad_industry"
    message = _("“%(value)s” is not a section of GB/T 4754. Choose one from A to T.")


class BadSize(Invalid):
    code = "parties.bad_size"
    message = _("“%(value)s” is not one of the sizes micro, small, medium, large.")


class BadRegion(Invalid):
    code = "parties.bad_region"
    message = _("“%(value)s” is not a region of China. Give its six digits, such as 440300.")


class TooManyNamed(Invalid):
    code = "parties.too_many_named"
    message = _("At most %(most)s can be named here. Name the broader ones.")


class FactMissing(Invalid):
    code = "parties.fact_missing"
    message = _("“%(fact)s” is missing. Fill it in and save.")


class PaperMissing(Invalid):
    code = "parties.paper_missing"
    message = _("A paper is missing: %(paper)s. Add it below.")


class WrongNumber(Invalid):
    code = "parties.wrong_number"
    message = _("%(number)s is not a valid %(number_kind)s: its check digit is wrong. Copy it from the licence.")


class NumberUnchecked(Invalid):
    code = "parties.number_unchecked"
    message = _("No rule is known for company numbers of %(country)s. Compare it with the papers.")


class BadMail(Invalid):
    code = "parties.bad_mail"
    message = _("This is no mail address. Write it as name@company.cn.")


class PaperExpired(Invalid):
    code = "parties.paper_expired"
    message = _("%(paper)s expired on %(day)s. Add one that is in force.")


class CertificateMissing(Invalid):
    code = "parties.certificate_missing"
    message = _("Goods of “%(category)s” need a paper: %(paper)s. Add it below, or leave these goods out.")


class NumberTaken(Conflict):
    code = "parties.number_taken"
    message = _(
        "A company with the number %(number)s is here already, or has applied. "
        "Ask its administrator to add you, or check the number."
    )


class Namesake(Conflict):
    code = "parties.namesake"
    message = _("“%(other)s” has nearly the same name and address (%(percent)s %% alike). Compare the two.")


class SameAccount(Conflict):
    code = "parties.same_account"
    message = _("“%(other)s” uses the same bank account. Ask why.")


class Blocked(Conflict):
    code = "parties.blocked"
    message = _("%(value)s stands on the blocklist. Take it off there first, with a reason, if that is wrong.")


class TerritoryTaken(Conflict):
    code = "parties.territory_taken"
    message = _(
        "“%(other)s” works in %(region)s or has applied for it, and one of the two wants it alone. "
        "Agree on it before you approve."
    )


class ApplicationChanged(Conflict):
    """Two wrote in the same application: the later one has to look first."""

    code = "parties.application_changed"
    message = _("This application was changed in the meantime, perhaps in another tab. Open it again and redo it.")


class HasRole(Conflict):
    code = "parties.has_role"
    message = _("This company is admitted as %(role)s already.")


class OwnApplication(Denied):
    code = "parties.own_application"
    message = _("Nobody decides on an application of their own, or of a company they belong to. A colleague has to.")


class NotAdmissible(Conflict):
    """Screening stops it."""

    code = "parties.not_admissible"
    message = _("It cannot be approved while a rule stops it: %(rule)s. Put that right, ask, or reject.")


class BadRuleSetting(Invalid):
    code = "parties.bad_rule_setting"
    message = _("The setting “%(setting)s” cannot be like this. Compare it with how the rule was delivered.")


class BadBlock(Invalid):
    code = "parties.bad_block"
    message = _("Name a company number, a company name or a mail domain, and give a reason.")


class NotBlocked(Conflict):
    code = "parties.not_blocked"
    message = _("This stands there already as you want it. Look at the list again.")


class NotYetActive(Conflict):
    code = "parties.not_yet_active"
    message = _("“%(name)s” is approved and not yet active: its share contract waits for signatures.")


class BadPaperKind(Invalid):
    code = "parties.bad_paper_kind"
    message = _("“%(value)s” is no kind of paper. Choose one of those offered.")


class TooManyPapers(Conflict):
    code = "parties.too_many_papers"
    message = _("At most %(most)s papers are kept with an application. Remove one first.")


class SamePaper(Conflict):
    code = "parties.same_paper"
    message = _("This very file is there already. Choose another.")

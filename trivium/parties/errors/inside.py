"""What parties refuse about grades, and about people and approvals inside a company."""

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class BadGrade(Invalid):
    code = "parties.bad_grade"
    message = _("“%(right)s” is not a right that grades give or withhold. Choose from what the page offers.")


class BadRank(Invalid):
    code = "parties.bad_rank"
    message = _("A rank is a whole number from 1 to %(most)s. Write one of them.")


class RankTaken(Conflict):
    code = "parties.rank_taken"
    message = _("Another grade has the rank %(rank)s already. Choose another rank.")


class GradeInUse(Conflict):
    code = "parties.grade_in_use"
    message = _("%(count)s partners have this grade. Give them another one first.")


class OwnCompany(Denied):
    code = "parties.own_company"
    message = _("You work in this company yourself. A colleague has to decide about it.")


class BadLanguage(Invalid):
    code = "parties.bad_language"
    message = _("“%(language)s” is not a language of this platform. The languages page lists those it speaks.")


class LastAdmin(Conflict):
    code = "parties.last_admin"
    message = _("This is the last administrator here. Make a colleague administrator first.")


class AlreadyHere(Conflict):
    code = "parties.already_here"
    message = _("This person works here already. Change their job instead.")


class AlreadyInvited(Conflict):
    code = "parties.already_invited"
    message = _("This mail address has an open invitation. Withdraw it before you send another.")


class InvitationOver(Conflict):
    code = "parties.invitation_over"
    message = _("This invitation was used, withdrawn, or has expired. Ask the company for another one.")


class OtherPerson(Denied):
    code = "parties.other_person"
    message = _("This invitation is for another mail address than the one you are signed in with.")


class HasSignIn(Conflict):
    code = "parties.has_sign_in"
    message = _("There is a sign-in with this mail address already. Sign in, then open the invitation again.")


class WeakPassword(Invalid):
    code = "parties.weak_password"
    message = _("This password is easy to guess. Take %(least)s characters or more, no common word, not your name.")


class NameTaken(Conflict):
    code = "parties.name_taken"
    message = _("“%(name)s” is there already. Choose another one.")


class StillUsed(Conflict):
    code = "parties.still_used"
    message = _("People, invitations, rules, budgets or departments below it still name it. Change those first.")


class BelowItself(Invalid):
    code = "parties.below_itself"
    message = _("A department cannot lie below itself or one of its own. Choose another one, or none.")


class TooDeepInside(Invalid):
    code = "parties.too_deep_inside"
    message = _("At most %(most)s departments lie below each other. Choose one that lies higher.")


class TooManyInside(Conflict):
    code = "parties.too_many_inside"
    message = _("A company can have at most %(most)s of these. End or withdraw some first.")


class NotYourTurn(Conflict):
    code = "parties.not_your_turn"
    message = _("Somebody else decides on this first, or alone. You are told when it is your turn.")


class NobodyDecides(Conflict):
    code = "parties.nobody_decides"
    message = _("This order needs an approval, and nobody but you could give it. Ask an administrator for an approver.")


class BadApprover(Invalid):
    code = "parties.bad_approver"
    message = _("“%(name)s” cannot be named here: approvers differ, and their job has to decide.")


class BudgetTooShort(Invalid):
    code = "parties.budget_too_short"
    message = _("A budget ends on or after the day it begins. Write a later last day, or leave it empty.")


class BadRenewal(Invalid):
    code = "parties.bad_renewal"
    message = _("“%(value)s” does not say how often a budget begins anew. Choose once, month, quarter or year.")


class BudgetNotNow(Conflict):
    code = "parties.budget_not_now"
    message = _("The budget “%(code)s” is not open today. Choose another one, or none.")


class BudgetOfOthers(Denied):
    code = "parties.budget_of_others"
    message = _("The budget “%(code)s” is for another department or cost centre. Choose another one, or none.")


class DeputyInThePast(Invalid):
    code = "parties.deputy_in_the_past"
    message = _("A deputy stands in from today on or later, and not for less than a day. Choose other days.")


class DeputyThere(Conflict):
    code = "parties.deputy_there"
    message = _("“%(name)s” stands in on some of these days already. Choose other days, or take that back first.")


class NoSuchCostCentre(Invalid):
    code = "parties.no_such_cost_centre"
    message = _("Your company has no cost centre “%(code)s”. Choose one of its open ones, or none.")


class UnknownScope(Invalid):
    code = "parties.unknown_scope"
    message = _("“%(path)s” is not a category of goods here. Choose one the catalog has, or none.")


class BadIfNobody(Invalid):
    code = "parties.bad_if_nobody"
    message = _("“%(value)s” does not say what happens if nobody can decide. Choose wait, refuse or pass.")

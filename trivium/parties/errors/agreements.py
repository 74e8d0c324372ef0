"""What parties refuse about agreements."""

from collections.abc import Mapping

from trivium.core.errors import Conflict, Denied, Invalid
from trivium.core.i18n import gettext_noop as _


class AgreementWanted(Conflict):
    """An act needs an agreement that is not signed, or whose signature has lapsed; it names the one to sign."""

    code = "parties.agreement_wanted"
    message = _("“%(title)s” is not signed for the company, or its signature has lapsed. An administrator of the "
                "company signs it under Agreements; then do this again.")  # fmt: skip

    def __init__(self, *, agreement: str, title: Mapping[str, str]) -> None:
        super().__init__(field="agreement", agreement=agreement, title=title)
        self.remedy_ref = agreement


class BadAgreementRole(Invalid):
    code = "parties.bad_agreement_role"
    message = _("“%(role)s” signs no agreements. Choose supplier, partner or buyer.")


class LacksWords(Invalid):
    code = "parties.lacks_words"
    message = _("An agreement is published in Chinese and in English. Write this text too.")


class BindsTooSoon(Invalid):
    code = "parties.binds_too_soon"
    message = _("It can bind from %(day)s at the earliest: those it binds must have time to read it. Take a later day.")


class BadPeriod(Invalid):
    code = "parties.bad_period"
    message = _("A signature is valid for 1 to %(most)s days, or for good. Write one of these or leave it empty.")


class OldEndsTooSoon(Invalid):
    code = "parties.old_ends_too_soon"
    message = _("Earlier signatures cannot end before the new version binds. Take that day or a later one.")


class DraftChanged(Conflict):
    code = "parties.draft_changed"
    message = _("A colleague has changed this draft since you opened it. Look at it again, then repeat your change.")


class SameAsPublished(Conflict):
    code = "parties.same_as_published"
    message = _("The draft says what the newest version says already. Change it before you publish another one.")


class AgreementOver(Conflict):
    code = "parties.agreement_over"
    message = _("This agreement has ended and is signed no more. Write a new one if you need it again.")


class OtherText(Conflict):
    code = "parties.other_text"
    message = _("This is not the text that is signed now. Read the newest version, then sign it.")


class SignedAlready(Conflict):
    code = "parties.signed_already"
    message = _("%(name)s has signed this version for your company already. Nothing is left to sign.")


class SignerNeeded(Denied):
    code = "parties.signer_needed"
    message = _("Only a person who works here can sign (right: %(permission)s). Sign in yourself, or use your own key.")


class OtherLanguage(Invalid):
    code = "parties.other_language"
    message = _("An agreement is signed in Chinese or in English. Choose the one you have read.")

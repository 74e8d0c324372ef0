"""The mails of sign-in: what each says, in the language of whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext

from trivium.core.i18n import gettext_noop as _

NOT_YOU = _("If that was not you, somebody has typed your address by mistake. Ignore this mail: without the code, or "
            "the link, nothing happens.")  # fmt: skip
NOT_YOUR_ACT = _("If that was not you, set a new password at once: open the sign-in page and choose that you have "
                 "forgotten yours.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A mail: subject, what it says, the context's name of its code or link, and what is said to somebody else."""

    subject: str
    text: str
    carries: str = ""
    otherwise: str = NOT_YOUR_ACT


_CODE = _("Your code for Trivium")
LETTERS: Mapping[str, Said] = {
    "email_confirmation": Said(_CODE, _("Enter this code on the page that asked for it. It is good for 15 minutes."),
                               "code", NOT_YOU),
    "email_confirmation_signup": Said(_CODE, _("Welcome to Trivium. Enter this code on the page that asked for it. It "
                                               "is good for 15 minutes."), "code", NOT_YOU),
    "login_code": Said(_CODE, _("Enter this code on the page that asked for it. It is good for 5 minutes. Nobody from "
                                "Trivium will ever ask you for it."), "code", NOT_YOU),
    "account_already_exists": Said(
        _("You already have a sign-in at Trivium"),
        _("Somebody, probably you, wanted to sign up with this mail address. It has a sign-in already. If you have "
          "forgotten your password, set a new one here:"), "password_reset_url", NOT_YOU),
    "unknown_account": Said(
        _("No sign-in under this address"),
        _("Somebody, probably you, wanted to sign in at Trivium with this mail address. There is no sign-in under it. "
          "You can sign up here:"), "signup_url", NOT_YOU),
    "password_reset_key": Said(_("A new password for Trivium"),
                               _("Set a new password here. The link is good for one use, and for three hours:"),
                               "password_reset_url", NOT_YOU),
    "password_reset": Said(_("Your password has been set anew"), _("You can sign in with it now.")),
    "password_changed": Said(_("Your password has been changed"), _("Everywhere else you have been signed out.")),
    "password_set": Said(_("You have a password now"), _("You can sign in with it from now on.")),
    "email_changed": Said(_("Your mail address has been changed"),
                          _("Trivium no longer writes to this address, and you no longer sign in with it.")),
    "email_confirm": Said(_("Your mail address is confirmed"), _("You can sign in with it from now on.")),
    "email_deleted": Said(_("A mail address has been removed"), _("You no longer sign in with it.")),
    "totp_activated": Said(_("Codes from an app are asked for now"),
                           _("From now on signing in also asks for a code from your authenticator app.")),
    "totp_deactivated": Said(_("Codes from an app are no longer asked for"),
                             _("From now on your password alone signs you in again.")),
    "webauthn_added": Said(_("A passkey has been added"), _("You can sign in with it from now on.")),
    "webauthn_removed": Said(_("A passkey has been removed"), _("You can no longer sign in with it.")),
    "recovery_codes_generated": Said(_("You have new recovery codes"), _("The earlier ones no longer work.")),
    "account_connected": Said(_("A way to sign in has been added"),
                              _("You can now sign in through another service, too.")),
    "account_disconnected": Said(_("A way to sign in has been removed"),
                                 _("You no longer sign in through that service.")),
}  # fmt: skip
"""allauth's names of its mails, and what ours say."""


def compose(name: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text, in the language that is active."""
    said = LETTERS[name]
    filled = {
        "text": gettext(said.text),
        "carries": context.get(said.carries, "") if said.carries else "",
        "otherwise": gettext(said.otherwise),
    }
    return gettext(said.subject), render_to_string("account/letter.txt", filled).strip() + "\n"

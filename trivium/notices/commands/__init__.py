"""The acts of notices."""

from trivium.notices.commands.inviting import send_invitation, tell_visitor
from trivium.notices.commands.mailing import address_mail, choose_mail, send_mail
from trivium.notices.commands.reading import mark_read

__all__ = ["address_mail", "choose_mail", "mark_read", "send_invitation", "send_mail", "tell_visitor"]

"""Reads of notices."""

from trivium.notices.queries.inbox import KEPT_DAYS, Notice, inbox, notice_list, notices_of, read_mark, unread
from trivium.notices.queries.mails import DueMail, Letter, MailRow, letters_of, mail_choices, mail_list

__all__ = [
    "KEPT_DAYS",
    "DueMail",
    "Letter",
    "MailRow",
    "Notice",
    "inbox",
    "letters_of",
    "mail_choices",
    "mail_list",
    "notice_list",
    "notices_of",
    "read_mark",
    "unread",
]

"""Reads of notices."""

from trivium.notices.queries.inbox import KEPT_DAYS, Notice, inbox, notice_list, notice_of, read_mark, unread
from trivium.notices.queries.mails import Letter, MailRow, letter_of, mail_choices, mail_list

__all__ = [
    "KEPT_DAYS",
    "Letter",
    "MailRow",
    "Notice",
    "inbox",
    "letter_of",
    "mail_choices",
    "mail_list",
    "notice_list",
    "notice_of",
    "read_mark",
    "unread",
]

"""Giving accounts a floor, and changing it."""

from collections.abc import Sequence

from trivium.core import sql
from trivium.core.acts import act
from trivium.ledger import rules
from trivium.ledger.commands.writing import OPEN, Floor, opening


@act
def open_account(path: str, unit: str, *, floor: int) -> None:
    """Give an account a floor, if it has none yet; one that has keeps what it has.

    Accounts of a declared shape (`rules.declare_floor`) need not be opened: their first posting does it.
    """
    open_accounts([(path, unit, floor)])


@act
def open_accounts(accounts: Sequence[Floor]) -> None:
    """Give accounts (path, unit, floor) their floors, all at once; those that have one keep it.

    An account whose shape declares no floor may have postings, and somebody may be writing another: then all
    posting waits until this transaction ends. That is for administration, not for the way an order goes.
    """
    undeclared = {(path, unit) for path, unit, _ in accounts if rules.floor_of(path) is None}
    if undeclared and _opened(list(undeclared)) < len(undeclared):
        sql.execute("LOCK TABLE ledger_posting IN SHARE ROW EXCLUSIVE MODE")
    sql.execute(OPEN, opening(accounts))


@act
def set_floor(path: str, unit: str, floor: int) -> None:
    """Change an account's floor (a credit limit is a negative one); opens the account if it is not.

    A floor above what is there is allowed: what was taken stays taken, and nothing more can be until enough
    has come in.
    """
    open_account(path, unit, floor=floor)
    sql.execute(
        "UPDATE ledger_balance SET floor = %s WHERE account = %s AND unit = %s AND floor <> %s",
        [floor, path, unit, floor],
    )


def _opened(accounts: Sequence[rules.Account]) -> int:
    found = sql.rows(
        "SELECT count(*) FROM unnest(%s::text[], %s::text[]) AS a(account, unit)"
        " JOIN ledger_balance b ON b.account = a.account AND b.unit = a.unit",
        sql.columns(accounts, 2),
    )
    return int(found[0][0])

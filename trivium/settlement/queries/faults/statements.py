"""Promise 1: every statement equals the ledger, and becomes payable and is paid out once. Promise 4: by whose word."""

from collections.abc import Iterator, Sequence

from trivium.core.faults import NO_JOB_WAITS, Check, Fault, faults_in


def statements_are_their_lines() -> Iterator[Fault]:
    """A statement's total is what it carries over and its lines."""
    return faults_in(
        1,
        """
        SELECT 'statement ' || s.ref, 'has the total ' || s.total || ', it carries over ' || s.opening
               || ' and its lines come to ' || COALESCE(l.amount, 0)
        FROM settlement_statement s LEFT JOIN (
            SELECT statement_id, sum(amount) AS amount FROM settlement_statementline GROUP BY statement_id) AS l
            ON l.statement_id = s.id
        WHERE s.total <> s.opening + COALESCE(l.amount, 0) ORDER BY s.id
        """,
    )


def minuses_are_carried_over() -> Iterator[Fault]:
    """A statement begins with the minus of the party's statement before, in the same role and currency, or with 0."""
    return faults_in(
        1,
        """
        SELECT 'statement ' || ref, 'carries over ' || opening || ', the one before leaves ' || before
        FROM (SELECT id, ref, opening, LEAST(lag(total, 1, 0::bigint) OVER
                     (PARTITION BY party_id, role, currency ORDER BY id), 0) AS before FROM settlement_statement) AS s
        WHERE opening <> before ORDER BY id
        """,
    )


def statement_lines_are_postings() -> Iterator[Fault]:
    """Every line of a statement is a posting on that party's pending account: same amount, unit, moment and cause."""
    return faults_in(
        1,
        """
        SELECT 'line ' || l.position || ' of statement ' || COALESCE(s.ref, '?'), CASE
                   WHEN p.id IS NULL THEN 'stands for posting ' || l.posting_id || ', which is not there'
                   ELSE 'says ' || l.amount || ' ' || s.currency || ' on ' || l.account || ' for ' || l.subject
                        || ', posting ' || p.id || ' moved ' || p.amount || ' ' || p.unit || ' from ' || p.source
                        || ' to ' || p.destination || ' for ' || COALESCE(e.subject, '?') END
        FROM settlement_statementline l LEFT JOIN settlement_statement s ON s.id = l.statement_id
        LEFT JOIN parties_organization o ON o.id = s.party_id
        LEFT JOIN ledger_posting p ON p.id = l.posting_id LEFT JOIN ledger_entry e ON e.id = p.entry_id
        WHERE p.id IS NULL OR s.id IS NULL OR e.id IS NULL OR p.unit <> s.currency OR p.at <> l.at
           OR e.subject <> l.subject OR e.purpose <> l.purpose OR e.purpose = 'statement' OR p.at >= s.period_end
           OR l.account <> s.role || '/' || o.ref || '/pending'
           OR l.amount <> CASE WHEN p.destination = l.account THEN p.amount WHEN p.source = l.account THEN -p.amount
                               ELSE 0 END
        ORDER BY l.statement_id, l.position
        """,
    )


def postings_are_stated_once() -> Iterator[Fault]:
    """No posting stands on two statements, or twice on one."""
    return faults_in(
        1,
        """
        SELECT 'posting ' || l.posting_id, 'on ' || l.account || ' is stated ' || count(*) || ' times, by '
               || string_agg(DISTINCT COALESCE(s.ref, '?'), ', ')
        FROM settlement_statementline l LEFT JOIN settlement_statement s ON s.id = l.statement_id
        GROUP BY l.account, l.posting_id HAVING count(*) > 1 ORDER BY l.posting_id
        """,
    )


_CLOSED = """
WITH word AS (
    SELECT statement_id, bool_or(side = 'deadline') OR count(DISTINCT side) FILTER (WHERE side <> 'deadline') = 2
           AS is_closed FROM settlement_statementconfirmation GROUP BY statement_id
), statement AS (
    SELECT s.id, s.ref, s.party_id, s.role, s.currency::text AS currency, s.total, o.ref AS party,
           COALESCE(w.is_closed, false) AND s.total > 0 AS is_owed
    FROM settlement_statement s JOIN parties_organization o ON o.id = s.party_id
    LEFT JOIN word w ON w.statement_id = s.id
)
"""


def closed_statements_become_payable() -> Iterator[Fault]:
    """What a closed statement owes its party was posted once, from pending to payable; nothing else was."""
    return faults_in(
        1,
        _CLOSED
        + """
        SELECT 'statement ' || s.ref, CASE WHEN s.is_owed THEN 'is closed with ' ELSE 'owes nothing yet of ' END
               || s.total || ', the books made ' || COALESCE(sum(p.amount), 0) || ' payable in ' || count(p.id)
               || ' postings'
        FROM statement s LEFT JOIN ledger_entry e ON e.subject = s.ref AND e.purpose = 'statement'
        LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY s.id, s.ref, s.role, s.party, s.currency, s.total, s.is_owed
        HAVING count(p.id) <> CASE WHEN s.is_owed THEN 1 ELSE 0 END
            OR (s.is_owed AND (min(p.source), min(p.destination), min(p.amount), min(p.unit)) IS DISTINCT FROM
                (s.role || '/' || s.party || '/pending', s.role || '/' || s.party || '/payable', s.total, s.currency))
        ORDER BY s.id
        """,
    )


def closed_statements_are_paid_out() -> Iterator[Fault]:
    """A closed statement that owes something has one payout, of that amount, to that party; others have none."""
    return faults_in(
        1,
        _CLOSED
        + """
        SELECT CASE WHEN y.id IS NULL THEN 'statement ' || s.ref ELSE 'payout ' || y.ref END,
               CASE WHEN y.id IS NULL THEN 'is closed with ' || s.total || ', but no payout was proposed'
                    WHEN NOT s.is_owed THEN 'pays statement ' || s.ref || ', which owes nothing'
                    ELSE 'of ' || y.amount || ' ' || y.currency || ' is not what statement ' || s.ref || ' owes' END
        FROM statement s LEFT JOIN settlement_payout y ON y.statement_id = s.id
        WHERE s.is_owed <> (y.id IS NOT NULL)
           OR (y.party_id, y.role, y.currency, y.amount) <> (s.party_id, s.role, s.currency, s.total)
        ORDER BY s.id
        """,
    )


def payouts_are_movements() -> Iterator[Fault]:
    """A payout that was sent moved its amount from payable to the bank, once; one that was not moved nothing."""
    return faults_in(
        1,
        """
        SELECT 'payout ' || y.ref, 'of ' || y.amount || ' is ' || y.status || ', the books moved '
               || COALESCE(sum(p.amount), 0)
        FROM settlement_payout y JOIN parties_organization o ON o.id = y.party_id
        LEFT JOIN ledger_entry e ON e.subject = y.ref AND e.purpose = 'payout'
        LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY y.id, o.ref
        HAVING count(p.id) <> CASE WHEN y.status = 'sent' THEN 1 ELSE 0 END
            OR (y.status = 'sent') <> (y.sent_at IS NOT NULL)
            OR (y.status = 'sent' AND (min(p.source), min(p.destination), min(p.amount), min(p.unit)) IS DISTINCT FROM
                (y.role || '/' || o.ref || '/payable', 'bank', y.amount, y.currency::text))
        ORDER BY y.id
        """,
    )


def payouts_are_approved_by_two() -> Iterator[Fault]:
    """A payout was sent on the word of two people, and stopped because one declined.

    They are two who approved it; or, where it was proposed anew, who proposed it and another one.
    """
    return faults_in(
        4,
        f"""
        SELECT 'payout ' || y.ref, 'is ' || y.status || ', its approval is ' || COALESCE(a.status, 'not there')
               || ' with ' || v.yes || ' votes for it' || CASE WHEN y.proposed_by_id IS NULL THEN '' ELSE
               ' beside its proposer' END
        FROM settlement_payout y LEFT JOIN parties_approval a ON a.subject = y.ref
        CROSS JOIN LATERAL (SELECT count(DISTINCT person_id) AS yes FROM parties_approvalvote
                            WHERE approval_id = a.id AND yes AND person_id IS DISTINCT FROM y.proposed_by_id) AS v
        WHERE (y.status = 'sent' AND (a.status IS DISTINCT FROM 'approved'
                                      OR v.yes + (y.proposed_by_id IS NOT NULL)::int < 2))
           OR (y.status = 'declined' AND a.status IS DISTINCT FROM 'declined')
           OR (y.status = 'proposed' AND a.status IS DISTINCT FROM 'waiting'
               AND {NO_JOB_WAITS.format(lock="'settlement:' || y.ref")})
        ORDER BY y.id
        """,
    )


def payouts_are_decided_by_others() -> Iterator[Fault]:
    """Whoever confirmed a statement for the party it pays neither proposed nor decided on its payout."""
    return faults_in(
        4,
        """
        SELECT DISTINCT 'payout ' || y.ref, 'was proposed or decided by who confirmed its statement for the party'
        FROM settlement_payout y JOIN settlement_statementconfirmation c
             ON c.statement_id = y.statement_id AND c.side = 'party' AND c.person_id IS NOT NULL
        LEFT JOIN parties_approval a ON a.subject = y.ref
        LEFT JOIN parties_approvalvote v ON v.approval_id = a.id AND v.person_id = c.person_id
        WHERE v.id IS NOT NULL OR y.proposed_by_id = c.person_id ORDER BY 1
        """,
    )


def nobody_confirms_for_both() -> Iterator[Fault]:
    """The two words on a statement are two people's."""
    return faults_in(
        4,
        """
        SELECT 'statement ' || s.ref, 'is confirmed twice by one person or for one side'
        FROM settlement_statement s JOIN settlement_statementconfirmation c ON c.statement_id = s.id
        GROUP BY s.id HAVING count(*) > count(DISTINCT c.side) OR count(c.person_id) > count(DISTINCT c.person_id)
        ORDER BY s.id
        """,
    )


def numbers_have_no_gaps() -> Iterator[Fault]:
    """The numbers of a year's statements follow one another, and the series goes on after the last."""
    return faults_in(
        1,
        """
        WITH numbered AS (
            SELECT 'statement:' || split_part(number, '-', 2) AS name, split_part(number, '-', 3)::int AS n
            FROM settlement_statement
        )
        SELECT 'series ' || COALESCE(s.name, n.name), 'goes on with ' || COALESCE(s.next, 0) || ', its statements are '
               || COALESCE(n.count, 0) || ' and end with ' || COALESCE(n.last, 0)
        FROM settlement_series s FULL JOIN (
            SELECT name, count(DISTINCT n) AS count, max(n) AS last FROM numbered GROUP BY name) AS n ON n.name = s.name
        WHERE COALESCE(n.count, 0) <> COALESCE(n.last, 0) OR COALESCE(s.next, 0) <> COALESCE(n.last, 0) + 1
        ORDER BY 1
        """,
    )


def payouts_go_to_their_partys_account() -> Iterator[Fault]:
    """A payout names an account of the company it pays, one that was in force by the time it was sent."""
    return faults_in(
        4,
        """
        SELECT 'payout ' || y.ref, 'goes to account ' || b.id
               || CASE WHEN b.organization_id <> y.party_id THEN ' of another company' ELSE ' before its time' END
        FROM settlement_payout y JOIN parties_bankaccount b ON b.id = y.account_id
        WHERE b.organization_id <> y.party_id OR b.starts_at > COALESCE(y.sent_at, y.proposed_at)
        ORDER BY y.id
        """,
    )


CHECKS: Sequence[Check] = (
    statements_are_their_lines,
    minuses_are_carried_over,
    statement_lines_are_postings,
    postings_are_stated_once,
    closed_statements_become_payable,
    closed_statements_are_paid_out,
    payouts_are_movements,
    payouts_are_approved_by_two,
    payouts_are_decided_by_others,
    payouts_go_to_their_partys_account,
    nobody_confirms_for_both,
    numbers_have_no_gaps,
)

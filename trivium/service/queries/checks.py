"""What an audit asks of service: that things stand as they were said, voted and written."""

from collections.abc import Iterator

from trivium.core.faults import Check, Fault, all_of, faults_in

_STATES = """
SELECT 'ticket ' || t.ref, 'is ' || t.state || ', though its last word left it ' || coalesce(w.state, 'nowhere')
FROM service_ticket t LEFT JOIN LATERAL
     (SELECT state FROM service_ticketword w WHERE w.ticket_id = t.id ORDER BY w.id DESC LIMIT 1) w ON true
WHERE t.state IS DISTINCT FROM w.state
"""


def tickets_stand_as_said() -> Iterator[Fault]:
    """4: every ticket is in the state its last word left it in."""
    return faults_in(4, _STATES)


_VOTES = """
WITH votes AS (
    SELECT v.*, p.ref, p.voters, p.is_multiple, p.opened_at, p.closes_at, p.closed_at, o.ref AS company,
           u.ref AS person, row_number() OVER (PARTITION BY v.poll_id, v.voter ORDER BY v.number) AS place,
           (SELECT count(*) FROM service_polloption x WHERE x.poll_id = p.id) AS options
    FROM service_pollvote v JOIN service_poll p ON p.id = v.poll_id
    JOIN parties_organization o ON o.id = v.organization_id JOIN parties_user u ON u.id = v.user_id
)
SELECT 'poll ' || ref, 'has a vote that ' || fault FROM votes CROSS JOIN LATERAL (VALUES
    (at < opened_at OR at >= least(closes_at, coalesce(closed_at, closes_at)), 'was given while it was not open'),
    (voter <> CASE voters WHEN 'company' THEN company ELSE person END, 'is of no voter of it'),
    (number <> place, 'follows on none'),
    (NOT is_multiple AND array_length(choices, 1) > 1, 'is for several options, though one may be chosen'),
    (EXISTS (SELECT FROM unnest(choices) c WHERE c < 0 OR c >= options), 'is for no option of it'),
    ((SELECT count(DISTINCT c) FROM unnest(choices) c) < array_length(choices, 1), 'counts twice for an option')
) AS found(is_so, fault) WHERE is_so
"""


def votes_are_in_order() -> Iterator[Fault]:
    """4: every vote was given while its poll was open, by a voter of it, for options of it, one after the other."""
    return faults_in(4, _VOTES)


_MINUTES = """
SELECT 'meeting ' || e.ref, 'has minutes though it was called off'
FROM service_meeting e WHERE e.called_off_at IS NOT NULL AND EXISTS (
    SELECT FROM service_minutes m WHERE m.meeting_id = e.id)
UNION ALL
SELECT 'meeting ' || e.ref, 'has minutes that ' || CASE
    WHEN m.at < e.ends_at THEN 'were written before it was over' WHEN m.version <> m.place THEN 'follow on none'
    ELSE 'hold though a later version replaced them' END
FROM (SELECT *, row_number() OVER (PARTITION BY meeting_id ORDER BY version) AS place,
             max(version) OVER (PARTITION BY meeting_id) AS last FROM service_minutes) AS m
JOIN service_meeting e ON e.id = m.meeting_id JOIN service_announcement a ON a.id = m.announcement_id
WHERE m.at < e.ends_at OR m.version <> m.place OR (m.version < m.last AND a.withdrawn_at IS NULL)
"""


def minutes_replace_one_another() -> Iterator[Fault]:
    """4: minutes are of meetings that took place, and of each meeting only the last version holds."""
    return faults_in(4, _MINUTES)


CHECKS: tuple[Check, ...] = (tickets_stand_as_said, votes_are_in_order, minutes_replace_one_another)


def faults() -> Iterator[Fault]:
    """All that breaks a promise of service."""
    return all_of(CHECKS)

"""What must hold of contracts and coupons: promise 5 of what was signed, promise 3 of what is used up."""

from collections.abc import Iterator

from trivium.core.faults import Check, Fault, all_of, faults_in


def contracts_are_as_signed() -> Iterator[Fault]:
    """Every contract version's terms still give the hash that both sides signed."""
    return faults_in(
        5,
        """
        SELECT 'contract version ' || c.ref, 'has terms whose hash is not ' || c.terms_hash
        FROM pricing_contractversion c
        WHERE encode(sha256(convert_to(c.terms, 'UTF8')), 'hex') <> c.terms_hash
        UNION ALL
        SELECT 'contract signature ' || s.id, 'of the ' || s.side || ' is under other terms than '
               || COALESCE(c.ref, 'any contract') || ' has'
        FROM pricing_contractsignature s LEFT JOIN pricing_contractversion c ON c.id = s.contract_id
        WHERE c.terms_hash IS DISTINCT FROM s.terms_hash ORDER BY 1
        """,
    )


def nobody_signs_for_both() -> Iterator[Fault]:
    """The two signatures under a contract version are two people's, one for each side."""
    return faults_in(
        4,
        """
        SELECT 'contract version ' || c.ref, 'is signed twice by one person or for one side'
        FROM pricing_contractversion c JOIN pricing_contractsignature s ON s.contract_id = c.id
        GROUP BY c.id HAVING count(*) > count(DISTINCT s.side) OR count(*) > count(DISTINCT s.user_id) ORDER BY c.id
        """,
    )


def allowances_count_uses() -> Iterator[Fault]:
    """How often a buyer has used a coupon is how many of its uses were not given back, and no more than it may."""
    return faults_in(
        3,
        """
        SELECT 'coupon allowance ' || a.id, 'says ' || a.used || ' uses of ' || a.allowed || ', there are '
               || COALESCE(u.used, 0)
        FROM pricing_couponallowance a LEFT JOIN (
            SELECT coupon_id, buyer_id, count(*) AS used FROM pricing_couponuse WHERE status <> 'returned'
            GROUP BY coupon_id, buyer_id) AS u USING (coupon_id, buyer_id)
        WHERE a.used <> COALESCE(u.used, 0) OR a.used > a.allowed ORDER BY a.id
        """,
    )


def coupons_are_not_overdrawn() -> Iterator[Fault]:
    """No coupon was used more often than it was given."""
    return faults_in(
        3, "SELECT 'coupon ' || ref, 'has ' || uses_left || ' uses left' FROM pricing_coupon WHERE uses_left < 0"
    )


CHECKS: tuple[Check, ...] = (
    contracts_are_as_signed,
    nobody_signs_for_both,
    allowances_count_uses,
    coupons_are_not_overdrawn,
)


def faults() -> Iterator[Fault]:
    """Every contract version and coupon that breaks a promise."""
    return all_of(CHECKS)

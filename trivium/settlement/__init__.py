"""Who gets what money, and when: payments, escrow, refunds, statements, payouts."""

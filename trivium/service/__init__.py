"""Asking the operator, and hearing from it: tickets, feedback, announcements."""

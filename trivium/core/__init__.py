"""Mechanisms that know no trade word: money, time, ids, errors, events, locks."""

"""Tests that belong to no single context: the house rules, races, journeys, proofs."""

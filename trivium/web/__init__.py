"""The door for people: one portal per role, server-rendered."""

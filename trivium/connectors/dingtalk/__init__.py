"""Signing in through DingTalk (钉钉), and what it tells of its members: django-allauth's provider, and more."""

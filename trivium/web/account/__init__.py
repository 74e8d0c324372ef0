"""Signing up, signing in, and what one signs in with: django-allauth's flows under our pages, words and limits."""

"""Signing in through WeCom (企业微信): a provider in django-allauth's style."""

"""Whoever comes by another service for the first time, and agrees to what is asked there."""

import html
import re

AGREES = {"agrees_processing": "1"}
_WRITTEN = re.compile(r'name="(name|notice)" value="([^"]*)"')


def agree(client, answer, **written):
    """Go on from a service: where a sign-up waits, send it; else the answer as it came."""
    if answer.status_code != 302 or not answer.url.startswith("/sign-up/with/"):
        return answer
    page = client.get(answer.url).content.decode()
    shown = {name: html.unescape(value) for name, value in _WRITTEN.findall(page)}
    return client.post(answer.url, {**shown, **AGREES, **written})

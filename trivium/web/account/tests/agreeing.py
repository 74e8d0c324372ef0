"""Whoever comes by another service for the first time, and agrees to what is asked there."""

from trivium.web.tests.hands import Reader

AGREES = {"agrees_processing": "1"}


def agree(client, answer, **written):
    """Go on from a service: where a sign-up waits, send it; else the answer as it came."""
    if answer.status_code != 302 or not answer.url.startswith("/sign-up/with/"):
        return answer
    form = Reader(client.get(answer.url).content.decode()).forms["sign-up"]
    return client.post(answer.url, {**form.values, **AGREES, **written})

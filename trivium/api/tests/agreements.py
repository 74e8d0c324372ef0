"""Agreements in the scene, and through their routes: part of the story in test_routes."""

import datetime as dt
import hashlib
from typing import Any

from trivium.core.time import now
from trivium.parties.tests.signing import TEXT, TITLE

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/agreements"): {"role": "buyer", "title": TITLE, "text": TEXT},
    ("PUT", "/agreements/{ref}"): {"seen": "0" * 64, "title": TITLE, "text": TEXT},
    ("POST", "/agreements/{ref}/publish"): {"seen": "0" * 64, "binds_on": "2099-01-01"},
    ("POST", "/agreements/{ref}/sign"): {"version": 1, "language": "en", "text_hash": "0" * 64},
}


def told(story: Any) -> None:
    """The operator writes and publishes; a buyer reads, reckons the fingerprint, signs, and proves it."""
    ask = story.ask
    ref = ask("operator", "POST", "/agreements")["ref"]
    assert ref not in [row["ref"] for row in ask("buyer", "GET", "/agreements")["items"]]
    draft = ask("operator", "GET", "/agreements/{ref}", agreement=ref)
    changed = {"seen": draft["draft_hash"], "title": TITLE, "text": {**TEXT, "en": "Orders are paid in time."}}
    ask("operator", "PUT", "/agreements/{ref}", changed, agreement=ref)
    seen = ask("operator", "GET", "/agreements/{ref}", agreement=ref)["draft_hash"]
    terms = {"seen": seen, "binds_on": (now() + dt.timedelta(days=3)).date().isoformat(), "valid_days": 365}
    assert ask("operator", "POST", "/agreements/{ref}/publish", terms, agreement=ref) == {"version": 1}
    (own,) = [row for row in ask("buyer", "GET", "/agreements")["items"] if row["ref"] == ref]
    assert (own["state"], own["may_sign"], own["version"]) == ("due", True, 1)
    read = ask("buyer", "GET", "/agreements/{ref}", agreement=ref)
    assert (read["draft"], read["draft_hash"]) == (None, None)
    (version,) = read["versions"]
    words = f"{version['title']['en']}\n\n{version['text']['en']}"
    assert version["hashes"]["en"] == hashlib.sha256(words.encode()).hexdigest()
    signing = {"version": 1, "language": "en", "text_hash": version["hashes"]["en"]}
    other = story.scene.callers["buyer"].write("POST", f"/agreements/{ref}/sign", {**signing, "text_hash": "0" * 64})
    assert (other.status, other.code) == (409, "parties.other_text")
    given = ask("buyer", "POST", "/agreements/{ref}/sign", signing, agreement=ref)["ref"]
    assert ask("buyer", "POST", "/agreements/{ref}/sign", signing, agreement=ref)["ref"] == given
    proof = ask("buyer", "GET", "/agreement-signatures/{ref}", signature=given)
    assert (proof["is_intact"], proof["words"], proof["network"]) == (True, words, "127.0.0.0/24")
    rows = ask("operator", "GET", "/agreements/{ref}/companies", agreement=ref)["items"]
    states = {row["company_ref"]: row["state"] for row in rows}
    assert (states[story.scene.mine.buyer.ref], states[story.scene.theirs.buyer.ref]) == ("signed", "due")
    ask("operator", "POST", "/agreements/{ref}/end", agreement=ref)

"""The other company's side: how the sandbox decides, and how it signs its messages. Knows nothing of Trivium."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Any

DECLINED, PENDING = 13, 37
TOLERANCE_S = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a charge stands at the gateway: "succeeded", "declined" or "pending"."""

    id: str
    reference: str
    status: str
    amount: int
    currency: str


class BadMessage(Exception):
    """A message that is not the gateway's, or not of now."""


def charge(reference: str, amount: int, currency: str) -> Outcome:
    """Take the money. The same reference is the same charge.

    Amounts whose minor units end in 13 are declined; those ending in 37 stay pending until a message says more.
    """
    status = {DECLINED: "declined", PENDING: "pending"}.get(amount % 100, "succeeded")
    return Outcome(charge_id(reference), reference, status, amount, currency)


def charge_id(reference: str) -> str:
    """The gateway's own name of the charge for a reference."""
    return "sbx_" + hashlib.sha256(reference.encode()).hexdigest()[:24]


def message(outcome: Outcome) -> bytes:
    """What the gateway sends when a charge has come to an end."""
    event = f"evt_{outcome.id}_{outcome.status}"
    return json.dumps({"event_id": event, "charge": asdict(outcome)}, sort_keys=True).encode()


def sign(body: bytes, at_s: int, secret: str) -> str:
    """The signature header of a message: its second, and HMAC-SHA256 over second and body."""
    digest = hmac.new(secret.encode(), b"%d." % at_s + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={digest}"


def read(body: bytes, signature: str, now_s: int, secret: str) -> tuple[str, Outcome]:
    """(event id, outcome) of a message, if it is signed by the gateway within the last five minutes.

    An old message is sent anew with a new signature, so that a copy someone kept is worth nothing.
    Raises BadMessage.
    """
    parts = dict(part.partition("=")[::2] for part in signature.split(",")[:4])
    moment = parts.get("t", "")
    if not moment.isascii() or not moment.isdecimal() or len(moment) > 12:
        raise BadMessage("no time")
    if not hmac.compare_digest(sign(body, int(moment), secret).encode(), signature.encode()):
        raise BadMessage("signature")
    if abs(now_s - int(moment)) > TOLERANCE_S:
        raise BadMessage("not of now")
    try:
        data: dict[str, Any] = json.loads(body)
        return str(data["event_id"]), Outcome(**data["charge"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadMessage("content") from error

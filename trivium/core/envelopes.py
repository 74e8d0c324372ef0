"""The envelope in which workplace services (WeCom, DingTalk) put what they tell a site: signed, then encrypted.

    signature   SHA-1, in hex, of token, timestamp, nonce and envelope, sorted and joined
    envelope    base64 of AES-256-CBC (key: the 43 letters of the "EncodingAESKey", one "=" short of base64;
                initialization vector: the key's first 16 bytes; PKCS#7 to 32 bytes) of
                16 bytes at random · length of the message (4, big-endian) · message · to whom

Both publish the same one. SHA-1 and CBC are theirs, not ours to choose: the signature is checked before anything is
decrypted, so that nobody learns from padding; whatever is wrong is Forged, and says no more.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from trivium.core.time import now

AT_RANDOM, LENGTH, BLOCK, PADDED_TO = 16, 4, 16, 32
TOLERANCE_S = 300
LONGEST = 65_536
"""Of a message's body; both services send a few hundred bytes."""


class Forged(Exception):
    """It is not from the service, not for us, or not of now. Nobody is told which."""


@dataclass(frozen=True, slots=True)
class Envelopes:
    """What the service and this site have agreed on: a token, a key, and to whom its messages may be.

    The first of `receivers` is the one our own answers name.
    """

    token: str
    key: str
    receivers: tuple[str, ...]

    def signature(self, timestamp: str, nonce: str, envelope: str) -> str:
        """What proves that whoever sent it knows the token."""
        joined = "".join(sorted((self.token, timestamp, nonce, envelope)))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def open(self, signature: str, timestamp: str, nonce: str, envelope: str, *, unit: int = 1) -> bytes:
        """The message, if it is the service's, of the last five minutes, and for us.

        `unit`: of how many parts of a second the timestamp counts. Raises Forged.
        """
        ours = self.signature(timestamp, nonce, envelope)
        if not hmac.compare_digest(ours.encode(), signature.encode()):
            raise Forged()
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 15):
            raise Forged()
        if abs(now().timestamp() - int(timestamp) / unit) > TOLERANCE_S:
            raise Forged()
        return self._decrypt(envelope)

    def _decrypt(self, envelope: str) -> bytes:
        try:
            stored = base64.b64decode(envelope, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Forged() from error
        if not stored or len(stored) % BLOCK:
            raise Forged()
        reading = self._cipher().decryptor()
        content = reading.update(stored) + reading.finalize()
        padding = content[-1]
        if not 1 <= padding <= PADDED_TO or content[-padding:] != bytes([padding]) * padding:
            raise Forged()
        content = content[AT_RANDOM:-padding]
        ends = LENGTH + int.from_bytes(content[:LENGTH], "big")
        message, receiver = content[LENGTH:ends], content[ends:]
        if len(content) < ends or receiver.decode("utf-8", "replace") not in self.receivers:
            raise Forged()
        return message

    def seal(self, message: bytes) -> str:
        """A message of ours in such an envelope."""
        content = secrets.token_bytes(AT_RANDOM) + len(message).to_bytes(LENGTH, "big") + message
        content += self.receivers[0].encode()
        padding = PADDED_TO - len(content) % PADDED_TO
        writing = self._cipher().encryptor()
        return base64.b64encode(writing.update(content + bytes([padding]) * padding) + writing.finalize()).decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(f"{self.key}=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK]))

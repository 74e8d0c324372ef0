"""The services' side of the envelope, written from what they publish and not from our reading of it."""

import base64
import hashlib
import os
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN, KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


@dataclass
class Sender:
    """Seals and signs, rightly or with one thing wrong."""

    receiver: str
    token: str = TOKEN
    key: str = KEY

    def seal(self, text: bytes, *, padding: bytes | None = None, length: int | None = None) -> str:
        size = struct.pack("!I", len(text) if length is None else length)
        plain = os.urandom(16) + size + text + self.receiver.encode()
        if padding is None:
            amount = 32 - len(plain) % 32
            padding = bytes([amount]) * amount
        return self.encrypt(plain + padding)

    def encrypt(self, plain: bytes) -> str:
        key = base64.b64decode(self.key + "=")
        writing = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(writing.update(plain) + writing.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        key = base64.b64decode(self.key + "=")
        reading = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = reading.update(base64.b64decode(sealed)) + reading.finalize()
        (size,) = struct.unpack("!I", plain[16:20])
        assert plain[20 + size : -plain[-1]].decode() == self.receiver
        return plain[20 : 20 + size]

    def sign(self, timestamp: str, nonce: str, sealed: str) -> str:
        return hashlib.sha1("".join(sorted([self.token, timestamp, nonce, sealed])).encode()).hexdigest()

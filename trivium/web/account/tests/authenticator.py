"""A passkey in software, as the WebAuthn standard describes it: makes keys for a site and signs its challenges."""

import base64
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Passkey:
    """One key of one person on one device, unlocked by its owner."""

    def __init__(self, origin="http://localhost", verified=True):
        self.origin, self.counter = origin, 0
        self.flags = PRESENT | (VERIFIED if verified else 0)
        self.key, self.id, self.user = ec.generate_private_key(ec.SECP256R1()), os.urandom(32), b""

    def _client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, site, flags):
        self.counter += 1
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _answer(self, **response):
        said = {name: encoded(value) for name, value in response.items()}
        return json.dumps({"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "response": said,
                           "clientExtensionResults": {}, "authenticatorAttachment": "platform"})  # fmt: skip

    def create(self, options):
        """What the browser sends for the options of a new passkey."""
        asked = options["publicKey"]
        self.user = base64.urlsafe_b64decode(asked["user"]["id"] + "==")
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = self._data(asked["rp"]["id"], self.flags | ATTESTED)
        data += bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=self._client("webauthn.create", asked["challenge"]), attestationObject=attestation
        )

    def get(self, options):
        """What the browser sends to sign in."""
        asked = options["publicKey"]
        client, data = self._client("webauthn.get", asked["challenge"]), self._data(asked["rpId"], self.flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.user)

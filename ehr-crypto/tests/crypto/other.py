"""Sealing and shares from their written specifications, with the package `cryptography` alone.

seal KEY CONTEXT      stdin: plaintext, stdout: sealed bytes (C2SP chunked-encryption, AES-256-GCM); hex arguments
open KEY CONTEXT      the other way; exits with 1 if anything is wrong
combine CODE CODE …   the secret of as many shares as are needed, in hex
verify KEY            checks a signed note on stdin against a verifying key
"""

import base64
import hashlib
import os
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"
CHUNK = 16384


def keys(key, context, salt):
    out = HKDFExpand(hashes.SHA512(), 76, LABEL + salt + context).derive(key)
    return AESGCM(out[:32]), int.from_bytes(out[32:44], "big"), out[44:]


def seal(key, context, text):
    salt = os.urandom(24)
    aead, nonce, commitment = keys(key, context, salt)
    sealed = salt + commitment
    for number in range(len(text) // CHUNK + 1):
        chunk = text[number * CHUNK : (number + 1) * CHUNK]
        sealed += aead.encrypt((nonce ^ number).to_bytes(12, "big"), chunk, b"")
    return sealed


def unseal(key, context, sealed):
    aead, nonce, commitment = keys(key, context, sealed[:24])
    if commitment != sealed[24:56]:
        sys.exit(1)
    body, text = sealed[56:], b""
    for number in range(len(body) // (CHUNK + 16) + 1):
        chunk = body[number * (CHUNK + 16) : (number + 1) * (CHUNK + 16)]
        text += aead.decrypt((nonce ^ number).to_bytes(12, "big"), chunk, b"")
    return text


def times(a, b):
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= 0x11D
        b >>= 1
    return product


def inverse(a):
    return next(b for b in range(1, 256) if times(a, b) == 1)


def share(code):
    number = 0
    for letter in code.replace("-", ""):
        number = number * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    raw = number.to_bytes(40, "big")
    assert hashlib.sha256(b"ehr-share-code/1\0" + raw[:37]).digest()[:3] == raw[37:]
    return raw[4], raw[5:37]  # behind three bytes of set and one of how many are needed


def combine(shares):
    secret = bytearray(32)
    for x, y in shares:
        factor = 1
        for other, _ in shares:
            if other != x:
                factor = times(factor, times(other, inverse(other ^ x)))
        for place in range(32):
            secret[place] ^= times(y[place], factor)
    return secret


def verify(note, key):
    text, signatures = note.rsplit("\n\n", 1)
    name, _, raw = key.split("+", 2)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(raw)[1:])
    lines = [line for line in signatures.splitlines() if line.startswith("— " + name + " ")]
    public.verify(base64.b64decode(lines[0].split(" ")[2])[4:], (text + "\n").encode())


command, rest = sys.argv[1], sys.argv[2:]
if command == "combine":
    print(combine([share(code) for code in rest]).hex())
elif command == "verify":
    verify(sys.stdin.buffer.read().decode(), rest[0])
else:
    key, context = (bytes.fromhex(word) for word in rest)
    work = seal if command == "seal" else unseal
    sys.stdout.buffer.write(work(key, context, sys.stdin.buffer.read()))

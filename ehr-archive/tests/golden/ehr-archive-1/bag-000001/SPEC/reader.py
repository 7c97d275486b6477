#!/usr/bin/env python3
"""Reads an archive of the format ehr-archive/1. FORMAT.md and SEALING.md say how it is built.

    python3 reader.py ARCHIVE KEYFILE check            open everything, compare every digest
    python3 reader.py ARCHIVE KEYFILE list             all entries
    python3 reader.py ARCHIVE KEYFILE find TEXT        by record number, name or date of birth
    python3 reader.py ARCHIVE KEYFILE export N FOLDER  the objects of entry N
    python3 reader.py selftest                         this reader against vectors.json

Needs Python 3.9 or later with the packages cryptography and zstandard.
It does not write the access log: record the access by other means.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import unicodedata

import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"
CHUNK, TAG, HEADER = 16384, 16, 56
MAX_ORIGINAL = 1 << 29
FOLD = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i"})
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Damaged(Exception):
    """Something is not what was written."""


# ---- sealing ----


def open_sealed(key, context, sealed):
    """The plaintext of sealed bytes; SEALING.md, "Opening"."""
    if len(sealed) < HEADER:
        raise Damaged("cut off")
    info = LABEL + sealed[:24] + context.encode()
    derived = HKDFExpand(SHA512(), 76, info).derive(key)
    if not hmac.compare_digest(derived[44:], sealed[24:HEADER]):
        raise Damaged("another key, another place, or damaged")
    cipher, nonce = AESGCM(derived[:32]), int.from_bytes(derived[32:44], "big")
    plaintext = []
    for number, start in enumerate(range(HEADER, len(sealed), CHUNK + TAG)):
        chunk = sealed[start : start + CHUNK + TAG]
        try:
            plaintext.append(cipher.decrypt((nonce ^ number).to_bytes(12, "big"), chunk, None))
        except (InvalidTag, ValueError):
            raise Damaged(f"chunk {number}") from None
    if not plaintext or len(plaintext[-1]) == CHUNK:
        raise Damaged("cut off")
    return b"".join(plaintext)


def read_recovery_code(code):
    """The 32 bytes of a key from its 56 letters."""
    letters = "".join(code.split()).replace("-", "").upper().translate(str.maketrans("OIL", "011"))
    if len(letters) != 56 or any(letter not in ALPHABET for letter in letters):
        raise Damaged("not a recovery code")
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    raw = number.to_bytes(35, "big")
    if hashlib.sha256(b"ehr-recovery-code/1\0" + raw[:32]).digest()[:3] != raw[32:]:
        raise Damaged("the recovery code was typed wrong")
    return raw[:32]


def open_slot(slot, context, secret):
    """The key in a slot; secret is a key (bytes) or a passphrase (str). None if the slot is for somebody else."""
    kind = slot["kind"]
    if kind == "passphrase" and isinstance(secret, str):
        salt = bytes.fromhex(slot["salt"])
        secret = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, slot["iterations"], 32)
    elif kind != "key" or not isinstance(secret, bytes):
        return None
    try:
        return open_sealed(secret, f"ehr-crypto/slot/1 {kind} {context}", bytes.fromhex(slot["wrapped"]))
    except Damaged:
        return None


def verify_note(note, name, public_key):
    """The text of a signed note."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public_key).digest()[:4]
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        signature = base64.b64decode(signature, validate=True)
        if dash == "\u2014" and signer == name and signature[:4] == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public_key).verify(signature[4:], text.encode())
            except InvalidSignature:
                raise Damaged("a signature is not genuine") from None
            return text
    raise Damaged("not signed by the archive's key")


class Tree:
    """The root of a growing RFC 6962 tree."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, leaf_hash):
        rest = self.size
        while rest & 1:
            leaf_hash = hashlib.sha256(b"\x01" + self.peaks.pop() + leaf_hash).digest()
            rest >>= 1
        self.peaks.append(leaf_hash)
        self.size += 1

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        right = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            right = hashlib.sha256(b"\x01" + left + right).digest()
        return right


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


# ---- the archive ----


def open_object(key, context, sealed):
    """Header and original of one object."""
    line, _, payload = open_sealed(key, context, sealed).partition(b"\n")
    header = json.loads(line)
    if header["length"] > MAX_ORIGINAL:
        raise Damaged("larger than the format allows")
    if header["encoding"] == "zstd":
        try:
            reader = zstandard.ZstdDecompressor(max_window_size=1 << 23).stream_reader(payload)
            payload = reader.read(header["length"] + 1)
        except zstandard.ZstdError:
            raise Damaged("the compressed content") from None
    elif header["encoding"] != "identity":
        raise Damaged("unknown encoding")
    if len(payload) != header["length"] or hashlib.sha256(payload).hexdigest() != header["sha256"]:
        raise Damaged("the content is not what its digest says")
    return header, payload


class Archive:
    """An archive that is read whole: catalogues and keyring are held in memory."""

    def __init__(self, path, secret):
        self.path = path
        slots = json.loads(self.read("state/slots.json"))
        self.id, self.epoch = slots["archive_id"], slots["epoch"]
        keys = {}
        for role in ("catalogue", "epoch", "log", "signing"):
            context = self.context(f"role {role} {self.epoch}" if role == "epoch" else f"role {role}")
            opened = [key for slot in slots["roles"][role] if (key := open_slot(slot, context, secret))]
            if not opened:
                raise Damaged("this key does not open this archive")
            keys[role] = opened[0]
        self.keys = keys
        self.signer = f"ehr-archive/{self.id}"
        self.public_key = Ed25519PrivateKey.from_private_bytes(keys["signing"]).public_key().public_bytes_raw()
        self.current = verify_note(self.read("state/CURRENT").decode(), self.signer, self.public_key).splitlines()
        if self.current[:4] != [f"{self.signer}/current", "format ehr-archive/1", "suite cobblestone-256",
                                f"epoch {self.epoch}"]:
            raise Damaged("state/CURRENT is of another archive, format or epoch")
        self.description = json.loads(self.read("bag-000001/data/archive.json"))
        self.keyring = open_sealed(keys["epoch"], self.context(f"state keyring {self.epoch}"),
                                   self.read(f"state/keyring.{self.epoch}.c256"))
        self.people = [json.loads(line.split("\t", 1)[1]) for line in self.catalogue("by-ordinal")]

    def read(self, path, offset=0, length=-1):
        with open(os.path.join(self.path, *path.split("/")), "rb") as file:
            file.seek(offset)
            return file.read(length)

    def context(self, place):
        return f"ehr-archive/1 cobblestone-256 {self.id} {place}"

    def catalogue(self, name):
        sealed = self.read(f"state/{name}.{self.epoch}.c256")
        text = open_sealed(self.keys["catalogue"], self.context(f"state {name} {self.epoch}"), sealed).decode()
        return text.split("\n")[:-1]

    def key(self, ordinal):
        return self.keyring[32 * ordinal : 32 * ordinal + 32]

    def rows(self):
        """Ordinal, class, object id, pack, offset, length, leaf of every object."""
        for line in self.catalogue("objects"):
            ordinal, _, kind, object_id, _, pack, offset, length, leaf = line.split("\t")
            yield int(ordinal), kind, object_id, int(pack), int(offset), int(length), int(leaf)

    def sealed(self, row):
        return self.read(f"bag-000001/data/packs/pack-{row[3]:06}.zip", row[4], row[5])

    def open(self, row):
        return open_object(self.key(row[0]), self.context(f"object {row[2]}"), self.sealed(row))

    def report(self):
        report = self.description["report"]
        context = self.context(f"object {report['object']}")
        return open_object(self.key(report["ordinal"]), context, self.read("bag-000001/data/report.c256"))

    def checkpoint(self, path, origin, tree):
        """Compares a tree with its signed checkpoint."""
        text = verify_note(self.read(path).decode(), self.signer, self.public_key).splitlines()
        if text != [f"{self.signer}/{origin}", str(tree.size), base64.b64encode(tree.root()).decode()]:
            raise Damaged(f"{path}: not the root of what is there")

    def log(self):
        """The sealed entries of the access log."""
        data, start = self.read("log/entries"), 0
        while start + 2 <= len(data):
            end = start + 2 + int.from_bytes(data[start : start + 2], "big")
            if end > len(data):
                break
            yield data[start + 2 : end]
            start = end

    def check(self):
        """Opens everything; raises Damaged at the first thing that is not what was written."""
        for line in self.current[5:]:
            _, digest, path = line.split(" ", 2)
            self.compare(path, digest)
        listed = set()
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            for line in self.read(f"bag-000001/{manifest}").decode().splitlines():
                digest, path = line.split("  ", 1)
                self.compare(f"bag-000001/{path}", digest)
                listed.add(path)
        bag = os.path.join(self.path, "bag-000001")
        found = {os.path.relpath(os.path.join(folder, file), bag).replace(os.sep, "/")
                 for folder, _, files in os.walk(bag) for file in files}
        if found - listed - {"tagmanifest-sha256.txt"}:
            raise Damaged("the bag holds files that it does not list")
        leaves = {}
        for row in self.rows():
            try:
                header, _ = self.open(row)
            except Damaged as error:
                raise Damaged(f"object {row[2]}: {error}") from None
            if header["class"] != row[1] or row[6] in leaves:
                raise Damaged(f"object {row[2]}: not where the catalogue says")
            leaves[row[6]] = leaf_hash(bytes.fromhex(row[2]) + hashlib.sha256(self.sealed(row)).digest())
        tree = Tree()
        for leaf in sorted(leaves):
            tree.push(leaves[leaf])
        self.checkpoint("bag-000001/data/checkpoint", "bag-000001", tree)
        if tree.size != self.description["counts"]["objects"]:
            raise Damaged("objects are missing")
        self.report()
        log = Tree()
        for index, entry in enumerate(self.log()):
            json.loads(open_sealed(self.keys["log"], self.context(f"log {index}"), entry))
            log.push(leaf_hash(entry))
        self.checkpoint("log/checkpoint", "log", log)
        return tree.size, log.size

    def compare(self, path, digest):
        if ".." in path.split("/") or hashlib.sha256(self.read(path)).hexdigest() != digest:
            raise Damaged(f"{path}: changed")

    def find(self, text):
        decomposed = unicodedata.normalize("NFKD", text.lower())
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(FOLD)
        words = "".join(letter if letter.isalnum() else "" if letter in "'’." else " " for letter in plain).split()
        wanted = {"by-mrn": "".join(text.split()).upper() + "\t", "by-name": " ".join(words), "by-dob": text}
        found = set()
        for name, prefix in wanted.items():
            if prefix.strip():
                found |= {int(line.rsplit("\t", 1)[1]) for line in self.catalogue(name) if line.startswith(prefix)}
        return sorted(found)

    def show(self, ordinals):
        for ordinal in ordinals:
            print(ordinal, json.dumps(self.people[ordinal], ensure_ascii=False))

    def export(self, ordinal, folder):
        """Writes the objects of one entry under names made here; names that the source gave are never used."""
        os.makedirs(folder, exist_ok=True)
        index = []
        for row in self.rows():
            if row[0] == ordinal:
                header, original = self.open(row)
                with open(os.path.join(folder, f"{row[2]}.{row[1]}"), "xb") as file:
                    file.write(original)
                index.append({"file": f"{row[2]}.{row[1]}", **header})
        with open(os.path.join(folder, "index.json"), "x", encoding="utf-8") as file:
            json.dump(index, file, indent=1, ensure_ascii=False)
        return len(index)


def read_key_file(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    if len(lines) != 1:
        raise Damaged("a key file holds one recovery code")
    return read_recovery_code(lines[0])


def selftest():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.json"), encoding="utf-8") as file:
        vectors = json.load(file)
    for vector in vectors["recovery_codes"]:
        assert read_recovery_code(vector["code"]) == bytes.fromhex(vector["key"])
    for vector in vectors["sealed"]:
        expected = bytes.fromhex(vector["plaintext"]) * vector["times"]
        arguments = bytes.fromhex(vector["key"]), vector["context"], bytes.fromhex(vector["sealed"])
        assert open_sealed(*arguments) == expected, vector["about"]
    for vector in vectors["broken"]:
        try:
            open_sealed(bytes.fromhex(vector["key"]), vector["context"], bytes.fromhex(vector["sealed"]))
        except Damaged:
            continue
        raise AssertionError(vector["about"])
    for vector in vectors["objects"]:
        header, original = open_object(bytes.fromhex(vector["key"]), vector["context"], bytes.fromhex(vector["sealed"]))
        assert original.decode() == vector["original"] and header["media_type"] == vector["media_type"]
    for vector in vectors["slots"]:
        secret = vector["passphrase"] if "passphrase" in vector else bytes.fromhex(vector["lock"])
        assert open_slot(vector["slot"], vector["context"], secret) == bytes.fromhex(vector["key"])
    for vector in vectors["notes"]:
        name, _, key = vector["verifying_key"].split("+", 2)
        assert verify_note(vector["note"], name, base64.b64decode(key)[1:]) == vector["text"]
    for vector in vectors["trees"]:
        tree = Tree()
        for entry in vector["entries"]:
            tree.push(leaf_hash(bytes.fromhex(entry)))
        assert tree.root().hex() == vector["root"]
    print("all vectors hold")


def main(arguments):
    if arguments == ["selftest"]:
        return selftest()
    if len(arguments) < 3:
        sys.exit(__doc__)
    archive = Archive(arguments[0], read_key_file(arguments[1]))
    command, rest = arguments[2], arguments[3:]
    if command == "check" and not rest:
        objects, accesses = archive.check()
        print(f"{objects} objects opened and unchanged, {accesses} accesses in the log")
    elif command == "list" and not rest:
        archive.show(range(len(archive.people)))
    elif command == "find" and len(rest) == 1:
        archive.show(archive.find(rest[0]))
    elif command == "export" and len(rest) == 2:
        print(archive.export(int(rest[0]), rest[1]), "objects written")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Damaged as error:
        sys.exit(f"damaged: {error}")

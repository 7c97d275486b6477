#!/usr/bin/env python3
"""Reads an archive of the format ehr-archive/1. FORMAT.md and SEALING.md say how it is built.

    python3 reader.py ARCHIVE KEYFILE[+STOREKEY] check  open everything, compare every digest
    python3 reader.py ARCHIVE KEYFILE list             all entries
    python3 reader.py ARCHIVE KEYFILE find TEXT        by record number, name or date of birth
    python3 reader.py ARCHIVE KEYFILE export N FOLDER  the objects of entry N
    python3 reader.py selftest                         this reader against vectors.json

STOREKEY is the key file of the epoch, for an archive whose epoch keys are in a store.
Needs Python 3.9 or later with the packages cryptography and zstandard.
It does not write the access log: record the access by other means.
"""

import base64
import copy
import hashlib
import hmac
import json
import os
import re
import sys
import unicodedata

import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"
CHUNK, TAG, HEADER, TILE = 16384, 16, 56, 256
MAX_ORIGINAL = 1 << 29
MAX_WINDOW = 1 << 23
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


def read_checkpoint(note, name, public_key, origin):
    """Size and root of a signed checkpoint."""
    try:
        lines = verify_note(note.decode(), name, public_key).splitlines()
        if len(lines) == 3 and lines[0] == origin:
            return int(lines[1]), base64.b64decode(lines[2], validate=True)
    except ValueError:
        pass
    raise Damaged("log/checkpoint: not a signed checkpoint of this log")


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


class Tiles:
    """The hash tiles of a growing tree (C2SP tlog-tiles), compared with those that are there."""

    def __init__(self, read):
        self.read, self.levels = read, []

    def push(self, hashed, level=0):
        if len(self.levels) == level:
            self.levels.append((0, []))
        index, hashes = self.levels[level]
        hashes.append(hashed)
        if len(hashes) == TILE:
            self.compare(level, index, hashes)
            self.levels[level] = (index + 1, [])
            full = Tree()
            for each in hashes:
                full.push(each)
            self.push(full.root(), level + 1)

    def finish(self):
        for level, (index, hashes) in enumerate(self.levels):
            if hashes:
                self.compare(level, index, hashes)

    def compare(self, level, index, hashes):
        path = tile_path(level, index, len(hashes))
        if self.read(path) != b"".join(hashes):
            raise Damaged(f"{path}: not the tile of the entries")


def tile_path(level, index, width):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"log/tile/{level}/" + "/".join(groups) + ("" if width == TILE else f".p/{width}")


def is_log_file(path, size):
    """Whether a log with so many entries may have this file; partial tiles may be left that a wider one replaces."""
    match = re.fullmatch(r"log/tile/(entries|[0-5])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", path)
    if not match:
        return path in ("log/checkpoint", "log/checkpoint.new", "log/tail", "log/entries")
    level = 0 if match[1] == "entries" else int(match[1])
    index, width = int(match[2].replace("x", "").replace("/", "")), int(match[3] or TILE)
    return width <= min(TILE, (size >> 8 * level) - TILE * index)


def framed(data, count):
    """So many parts, each behind its length in two bytes, and what follows them; None if they are not all there."""
    parts = []
    for _ in range(count):
        end = 2 + int.from_bytes(data[:2], "big")
        if len(data) < max(end, 2):
            return None
        parts.append(data[2:end])
        data = data[end:]
    return parts, data


# ---- the archive ----


def open_object(key, context, sealed):
    """Header and original of one object."""
    line, _, payload = open_sealed(key, context, sealed).partition(b"\n")
    header = json.loads(line)
    if header["length"] > MAX_ORIGINAL:
        raise Damaged("larger than the format allows")
    if header["encoding"] == "zstd":
        try:
            if zstandard.get_frame_parameters(payload).window_size > MAX_WINDOW:
                raise Damaged("the compressed content")
            reader = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW).stream_reader(payload)
            payload = reader.read(header["length"] + 1)
        except zstandard.ZstdError:
            raise Damaged("the compressed content") from None
    elif header["encoding"] != "identity":
        raise Damaged("unknown encoding")
    if len(payload) != header["length"] or hashlib.sha256(payload).hexdigest() != header["sha256"]:
        raise Damaged("the content is not what its digest says")
    return header, payload


def fold_name(name):
    decomposed = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in decomposed if not unicodedata.category(letter).startswith("M"))
    plain = "".join(letter.lower() for letter in plain).translate(FOLD)
    plain = "".join(letter for letter in plain if not unicodedata.category(letter).startswith("M") or letter.isalnum())
    words = "".join(letter if letter.isalnum() else "" if letter in "'’‘ʼ`´." else " " for letter in plain)
    return " ".join(words.split())


def name_keys(name):
    words = fold_name(name).split()
    return [" ".join(words[start:] + words[:start]) for start in range(min(len(words), 8))]


def fold_number(number):
    return "".join(letter for letter in number if not letter.isspace() and unicodedata.category(letter) != "Cc").upper()


class Archive:
    """An archive that is read whole: catalogues and keyring are held in memory."""

    def __init__(self, path, secret, store_key=None):
        self.path = path
        listed = [line.split(" ", 2) for line in self.read("state/CURRENT").decode().splitlines()]
        slots_path = [line[2] for line in listed if line[0] == "sha256" and line[2].startswith("state/slots.")]
        if len(slots_path) != 1:
            raise Damaged("state/CURRENT lists no key slots")
        slots = json.loads(self.read(slots_path[0]))
        self.id, store = slots["archive_id"], slots.get("store")
        keys = {}
        for role in ("catalogue", "epoch", "log", "signing"):
            context = self.context(f"role {role} {slots['epoch']}" if role == "epoch" else f"role {role}")
            opened = [key for slot in slots["roles"][role] if (key := open_slot(slot, context, secret))]
            if not opened:
                raise Damaged("this key does not open this archive")
            keys[role] = opened[0]
        if store:
            if store_key is None:
                raise Damaged(f"the key of epoch {store['epoch']} is in a store, and was not given")
            for role, name in (("catalogue", "catalogue"), ("epoch", "keyring")):
                context = self.context(f"{role} key {store['epoch']}")
                once = open_sealed(store_key, context, bytes.fromhex(store[name]))
                keys[role] = open_sealed(keys[role], context, once)
        self.keys = keys
        self.signer = f"ehr-archive/{self.id}"
        self.public_key = Ed25519PrivateKey.from_private_bytes(keys["signing"]).public_key().public_bytes_raw()
        current = verify_note(self.read("state/CURRENT").decode(), self.signer, self.public_key).splitlines()
        if current[:3] != [f"{self.signer}/current", "format ehr-archive/1", "suite cobblestone-256"]:
            raise Damaged("state/CURRENT is of another archive or format")
        self.values = {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in current[3:7]}
        self.epoch = int(self.values["epoch"])
        self.files = [line.split(" ", 2)[1:] for line in current if line.startswith("sha256 ")]
        self.purged = {line.split(" ", 2)[2]: line.split(" ", 2)[1] for line in current if line.startswith("purged ")}
        self.bags = sorted(path.split("/")[0] for _, path in self.files if path.endswith("/tagmanifest-sha256.txt"))
        self.descriptions = {bag: json.loads(self.read(f"{bag}/data/archive.json")) for bag in self.bags}
        if any(description["archive_id"] != self.id for description in self.descriptions.values()):
            raise Damaged("an accession is of another archive")
        if slots.get("retiring"):
            raise Damaged("a shred is not finished: the key of an old epoch is still to be destroyed")
        self.keyring = open_sealed(keys["epoch"], self.context(f"state keyring {self.epoch}"),
                                   self.read(f"state/keyring.{self.epoch}.c256"))
        self.people = [json.loads(line.split("\t", 1)[1]) for line in self.catalogue("by-ordinal")]

    def read(self, path, offset=0, length=-1):
        try:
            with open(os.path.join(self.path, *path.split("/")), "rb") as file:
                file.seek(offset)
                return file.read(length)
        except FileNotFoundError:
            raise Damaged(f"{path}: missing") from None

    def context(self, place):
        return f"ehr-archive/1 cobblestone-256 {self.id} {place}"

    def catalogue(self, name):
        sealed = self.read(f"state/{name}.{self.epoch}.c256")
        text = open_sealed(self.keys["catalogue"], self.context(f"state {name} {self.epoch}"), sealed).decode()
        return text.split("\n")[:-1]

    def key(self, ordinal):
        return self.keyring[32 * ordinal : 32 * ordinal + 32]

    def rows(self):
        """Ordinal, class, object id, accession, pack, offset, length, leaf of every object."""
        for line in self.catalogue("objects"):
            ordinal, _, kind, object_id, bag, pack, offset, length, leaf = line.split("\t")
            yield int(ordinal), kind, object_id, f"bag-{int(bag):06}", int(pack), int(offset), int(length), int(leaf)

    def pack(self, row):
        return f"{row[3]}/data/packs/pack-{row[4]:06}.zip"

    def sealed(self, row):
        return self.read(self.pack(row), row[5], row[6])

    def open(self, row):
        if "erased" in self.people[row[0]]:
            raise Damaged("erased")
        return open_object(self.key(row[0]), self.context(f"object {row[2]}"), self.sealed(row))

    def report(self, bag):
        report = self.descriptions[bag]["report"]
        context = self.context(f"object {report['object']}")
        return open_object(self.key(report["ordinal"]), context, self.read(f"{bag}/data/report.c256"))

    def checkpoint(self, path, signer, public_key, origin, tree):
        """Compares a tree with its signed checkpoint."""
        text = verify_note(self.read(path).decode(), signer, public_key).splitlines()
        if text != [f"{self.signer}/{origin}", str(tree.size), base64.b64encode(tree.root()).decode()]:
            raise Damaged(f"{path}: not the root of what is there")

    def log(self, tree, head):
        """The sealed entries of the access log, each after it was added to the tree; head reads signed checkpoints."""
        size, root = head(self.read("log/checkpoint"))
        if os.path.exists(os.path.join(self.path, "log", "entries")):  # the layout of the first archives
            rest = self.read("log/entries")
            while (part := framed(rest, 1)) and tree.size < size:
                tree.push(leaf_hash(part[0][0]))
                yield part[0][0]
                rest = part[1]
        else:
            tiles = Tiles(self.read)
            for start in range(0, size, TILE):
                width = min(TILE, size - start)
                path = tile_path("entries", start // TILE, width)
                entries, rest = framed(self.read(path), width) or ([], b"cut off")
                if rest:
                    raise Damaged(f"{path}: not so many entries")
                for entry in entries:
                    tree.push(leaf_hash(entry))
                    tiles.push(leaf_hash(entry))
                    yield entry
            tiles.finish()
        if (tree.size, tree.root()) != (size, root):
            raise Damaged("log/checkpoint: not the root of what is there")
        if not os.path.exists(os.path.join(self.path, "log", "entries")):
            yield from self.log_tail(tree, head)

    def log_tail(self, tree, head):
        """The entries behind the tiles. A batch without its checkpoint was torn by a crash; only the last can be."""
        data = self.read("log/tail")
        base, rest, known = int.from_bytes(data[:8], "big"), data[8:], tree.size
        if base > known or (base not in (0, known) and not rest):
            raise Damaged("log/tail: not the end of this log")
        size = base
        while batch := framed(rest[2:], int.from_bytes(rest[:2], "big") + 1):
            *entries, note = batch[0]
            after = copy.deepcopy(tree)
            if size + len(entries) > known:
                for entry in entries:
                    after.push(leaf_hash(entry))
            try:
                signed, root = head(note)
            except Damaged:
                break
            if not entries or signed != size + len(entries) or (signed >= known and root != after.root()):
                break
            size, rest = signed, batch[1]
            if size > known:
                tree.size, tree.peaks = after.size, after.peaks
                yield from entries
        batch = framed(rest[2:], int.from_bytes(rest[:2], "big") + 1) if rest[:2] != b"\0\0" else None
        checkpoints, origin = 0, f"{self.signer}/log".encode()
        for found in re.finditer(re.escape(origin), rest):
            start = found.start()
            try:
                head(rest[start : start + int.from_bytes(rest[max(start - 2, 0) : start], "big")])
                checkpoints += 1
            except Damaged:
                pass
        if checkpoints > 1 or (batch and batch[1]):
            raise Damaged("log/tail: changed before its end")

    def check(self):
        """Opens everything; raises Damaged at the first thing that is not what was written."""
        known = {path: digest for digest, path in self.files}
        for path, digest in known.items():
            self.compare(path, digest)
        for bag in self.bags:
            for manifest in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
                for line in self.read(f"{bag}/{manifest}").decode().splitlines():
                    digest, path = line.split("  ", 1)
                    path = f"{bag}/{path}"
                    known[path] = digest
                    if path not in self.purged:
                        self.compare(path, digest)
        if any(known.get(path) != digest for path, digest in self.purged.items()):
            raise Damaged("state/CURRENT: the list of purged packs")
        found = {os.path.relpath(os.path.join(folder, file), self.path).replace(os.sep, "/")
                 for folder, _, files in os.walk(self.path) for file in files}
        expected = (known.keys() - self.purged.keys()) | {"state/CURRENT", "state/lock"}
        strange = sorted(path for path in found - expected if not path.startswith("log/"))
        if strange:
            raise Damaged(f"{strange[0]}: not part of the archive")
        self.check_entries()
        objects, accesses = self.check_objects(), self.check_log()
        strange = sorted(path for path in found if path.startswith("log/") and not is_log_file(path, accesses))
        if strange:
            raise Damaged(f"{strange[0]}: not part of the archive")
        return objects, accesses

    def check_entries(self):
        """Keyring and catalogues agree."""
        if len(self.keyring) != 32 * len(self.people):
            raise Damaged("the keyring has another number of keys than there are entries")
        for ordinal, person in enumerate(self.people):
            if (self.key(ordinal) == bytes(32)) != ("erased" in person):
                raise Damaged(f"entry {ordinal} is half erased")
        for name, keys in (("by-mrn", lambda person: [fold_number(mrn) for mrn in person.get("mrns", [])]),
                           ("by-name", lambda person: sum(map(name_keys, person.get("names", [])), [])),
                           ("by-dob", lambda person: [person["birth_date"]] if "birth_date" in person else [])):
            expected = {f"{key}\t{ordinal:010}" for ordinal, person in enumerate(self.people) for key in keys(person) if key}
            if self.catalogue(name) != sorted(expected, key=str.encode):
                raise Damaged(f"{name}: does not list what the entries say")

        places, offset = {}, 0
        for line in self.catalogue("by-name"):
            places.setdefault(re.split("[ \t]", line)[0], offset)
            offset += len(line.encode()) + 1
        words = [f"{word}\t{offset}" for word, offset in places.items()]
        names = {path.split(".")[0] for _, path in self.files}
        if "state/words" in names and self.catalogue("words") != words:
            raise Damaged("words: does not list what the entries say")
        if "state/sounds" in names:  # how a word sounds is not computed here
            sounds = self.catalogue("sounds")
            if sounds != sorted(sounds, key=str.encode) or {line.split("\t", 1)[1] for line in sounds} - set(words):
                raise Damaged("sounds: does not list what the entries say")

    def check_objects(self):
        """Every object opens, unless it was erased, and is at its place in the tree of its accession."""
        leaves = {bag: {} for bag in self.bags}
        for row in self.rows():
            erased, seen = "erased" in self.people[row[0]], leaves[row[3]]
            if row[7] in seen:
                raise Damaged(f"object {row[2]}: not where the catalogue says")
            if erased and self.pack(row) in self.purged:
                seen[row[7]] = self.read(f"{row[3]}/data/tree/level-0", 32 * row[7], 32)
                continue
            if not erased:
                try:
                    header, _ = self.open(row)
                except Damaged as error:
                    raise Damaged(f"object {row[2]}: {error}") from None
                if header["class"] != row[1]:
                    raise Damaged(f"object {row[2]}: not where the catalogue says")
            seen[row[7]] = leaf_hash(bytes.fromhex(row[2]) + hashlib.sha256(self.sealed(row)).digest())
        for bag in self.bags:
            tree = Tree()
            for leaf in sorted(leaves[bag]):
                tree.push(leaves[bag][leaf])
            self.checkpoint(f"{bag}/data/checkpoint", self.signer, self.public_key, bag, tree)
            if tree.size != self.descriptions[bag]["counts"]["objects"]:
                raise Damaged("objects are missing")
            self.report(bag)
        return sum(map(len, leaves.values()))

    def check_log(self):
        """Every access opens, the log is the one that was signed, and the state is the last one that it knows of."""
        size, root = self.values["log"].split(" ")
        signer, public_key = self.signer, self.public_key
        if "logkey" in self.values:
            signer, _, public_key = self.values["logkey"].split("+", 2)
            public_key = base64.b64decode(public_key)[1:]
        log, known = Tree(), size == "0" and root == Tree().root().hex()
        head = lambda note: read_checkpoint(note, signer, public_key, f"{self.signer}/log")
        for index, entry in enumerate(self.log(log, head)):
            event = json.loads(open_sealed(self.keys["log"], self.context(f"log {index}"), entry))
            known = known or (log.size == int(size) and log.root().hex() == root)
            for detail in (detail for entity in event.get("entity", []) for detail in entity.get("detail", [])):
                if detail["type"] == "change-done" and int(detail["valueString"]) > int(self.values.get("change", 0)):
                    raise Damaged("rolled back: the access log knows of a later state of the archive")
        if not known:
            raise Damaged("log/checkpoint: not the log that was signed with the state")
        return log.size

    def compare(self, path, digest):
        if ".." in path.split("/") or hashlib.sha256(self.read(path)).hexdigest() != digest:
            raise Damaged(f"{path}: changed")

    def find(self, text):
        wanted = {"by-mrn": fold_number(text) + "\t", "by-name": fold_name(text), "by-dob": text}
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
    key, _, store_key = arguments[1].partition("+")
    archive = Archive(arguments[0], read_key_file(key), read_key_file(store_key) if store_key else None)
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

"""A server shaped like Mastodon on this machine: it looks up, follows, checks every signature, keeps what it is told.

It is written from Mastodon's documentation and reads nothing of profiles.fediverse: what both misunderstand alike
would not be found otherwise. Reached as https://social.example through tests.bzpeer.tls_site.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import ssl
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.bzpeer.tls_site import Site, page

ACTIVITY = "application/activity+json"
HOST = "social.example"


@cache
def key(name: str = "ada") -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(private: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


class Rejected(Exception):
    """The signature is not as Mastodon wants it."""


@dataclass
class Mastodon(Site):
    """`users` by name with their keys; `follows` as (user, actor): "asked" or "accepted"; `statuses` by id."""

    users: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"ada": key("ada"), "ben": key("ben")})
    host: str = HOST
    answers: int = 202
    follows: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    homes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # by user: (who brought it, id of the status)
    received: list[tuple[str, str]] = field(default_factory=list)  # (type, path of the inbox)
    rejected: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # as accounts were updated
    numbers: int = 0
    at_post: Callable[[str], None] = lambda _moment: None  # "before" and "after" a post is taken

    def uri(self, user: str = "ada") -> str:
        return f"https://{self.host}/users/{user}"

    # What a person does

    def look_up(self, handle: str) -> Any:
        """WebFinger, then the actor, as Mastodon's search does; the handle must come back."""
        _at, name, host = handle.split("@")
        status, finger = get(f"http://{host}/.well-known/webfinger?resource={quote(f'acct:{name}@{host}')}", "*/*")
        assert status == 200, (status, finger)
        [link] = [link for link in finger["links"] if link["rel"] == "self" and link["type"] == ACTIVITY]
        status, actor = get(
            link["href"], f'{ACTIVITY}, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
        )
        assert (status, actor["id"]) == (200, link["href"])
        assert f"acct:{actor['preferredUsername']}@{urlsplit(actor['id']).netloc}" == finger["subject"]
        assert {"inbox", "outbox", "followers", "publicKey", "endpoints"} <= set(actor)
        return actor

    def follow(self, actor: dict[str, Any], user: str = "ada") -> str:
        """Returns the id of the Follow."""
        self.numbers += 1
        uri = f"https://{self.host}/{self.numbers:08d}"
        self.follows[user, actor["id"]] = "asked"
        said = {"id": uri, "type": "Follow", "actor": self.uri(user), "object": actor["id"]}
        assert self.post(actor["inbox"], said, user)[0] == 202
        return uri

    def unfollow(self, actor: dict[str, Any], follow: str, user: str = "ada") -> None:
        self.follows.pop((user, actor["id"]), None)
        undone = {"id": follow, "type": "Follow", "actor": self.uri(user), "object": actor["id"]}
        said = {"id": f"{follow}/undo", "type": "Undo", "actor": self.uri(user), "object": undone}
        assert self.post(actor["inbox"], said, user)[0] == 202

    def post(self, url: str, said: dict[str, Any], user: str = "ada") -> tuple[int, Any]:
        body = json.dumps({"@context": "https://www.w3.org/ns/activitystreams", **said}).encode()
        return send(url, body, self.signed(url, body, user))

    def signed(self, url: str, body: bytes, user: str = "ada", at: datetime | None = None) -> dict[str, str]:
        """Headers as Mastodon signs them."""
        parts, date = urlsplit(url), format_datetime((at or datetime.now(UTC)), usegmt=True)
        digest = f"SHA-256={base64.b64encode(hashlib.sha256(body).digest()).decode()}"
        names = {"host": parts.netloc, "date": date, "digest": digest, "content-type": ACTIVITY}
        lines = [f"{name}: {value}" for name, value in names.items()]
        text = "\n".join([f"(request-target): post {parts.path}", *lines]).encode()
        made = base64.b64encode(self.users[user].sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
        covered = "(request-target) host date digest content-type"
        head = f'keyId="{self.uri(user)}#main-key",algorithm="rsa-sha256",headers="{covered}",signature="{made}"'
        return {"Date": date, "Digest": digest, "Content-Type": ACTIVITY, "Signature": head}

    # What the server answers

    def serve(self, connection: ssl.SSLSocket) -> None:
        raw = b""
        while b"\r\n\r\n" not in raw and (piece := connection.recv(65536)):
            raw += piece
        head, _blank, body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").splitlines()
        headers = {k.lower(): v for k, _colon, v in (line.partition(": ") for line in lines[1:])}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        method, path, _version = lines[0].split(" ")
        self.requests.append(f"{method} {path}")
        connection.sendall(self.answer(method, path, headers, body))

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        if found := self.pages.get(headers["host"] + path):
            assert isinstance(found, bytes)
            return found
        if method == "GET" and (name := path.removeprefix("/users/")) in self.users:
            return page(json.dumps(self.document(name)))
        if method != "POST" or (self.answers >= 300 and self.answers != 401):
            return page("", status=f"{self.answers if method == 'POST' else 404} Answer")
        try:
            self.at_post("before")
            self.take(path, self.checked(method, path, headers, body))
            self.at_post("after")
        except Rejected as why:
            self.rejected.append(str(why))
            return page(str(why), status="401 Unauthorized")
        return page("", status="202 Accepted")

    def document(self, name: str) -> dict[str, Any]:
        uri = self.uri(name)
        return {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": uri,
            "type": "Person",
            "preferredUsername": name,
            "inbox": f"{uri}/inbox",
            "endpoints": {"sharedInbox": f"https://{self.host}/inbox"},
            "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": public_pem(self.users[name])},
        }

    def checked(self, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        """The activity, if the signature is what Mastodon's documentation asks for; raises Rejected."""
        said = dict(re.findall(r'([a-zA-Z]+)="([^"]*)"', headers.get("signature", "")))
        covered = said.get("headers", "").split()
        if said.get("algorithm", "hs2019") not in {"rsa-sha256", "hs2019"}:
            raise Rejected("algorithm")
        if not {"(request-target)", "host", "date", "digest"} <= set(covered):
            raise Rejected("a POST must be signed with (request-target), host, date and digest")
        if abs(datetime.now(UTC) - parsedate_to_datetime(headers["date"])) > timedelta(hours=12):
            raise Rejected("date")
        if headers["digest"] != f"SHA-256={base64.b64encode(hashlib.sha256(body).digest()).decode()}":
            raise Rejected("digest")
        values = {**headers, "(request-target)": f"{method.lower()} {path}", "host": self.host}
        text = "\n".join(f"{name}: {values[name]}" for name in covered).encode()
        activity: dict[str, Any] = json.loads(body)
        if said["keyId"].partition("#")[0] != activity["actor"]:
            raise Rejected("another actor's key")
        if not self.fits(said["keyId"], base64.b64decode(said["signature"]), text):
            raise Rejected("signature")
        return activity

    def fits(self, key_id: str, signature: bytes, text: bytes) -> bool:
        """With the key that is known, else with the one that the actor has now."""
        for fresh in (False, True):
            if fresh or key_id not in self.keys:
                status, actor = get(key_id.partition("#")[0], ACTIVITY)
                if status != 200 or actor["publicKey"]["id"] != key_id or actor["publicKey"]["owner"] != actor["id"]:
                    return False
                self.keys[key_id] = actor["publicKey"]["publicKeyPem"]
            known: Any = serialization.load_pem_public_key(self.keys[key_id].encode())
            with suppress(InvalidSignature):
                known.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
                return True
        return False

    # What it makes of it

    def take(self, path: str, activity: dict[str, Any]) -> None:
        self.received.append((activity["type"], path))
        rule = {
            "Accept": self.accepted,
            "Reject": self.refused,
            "Create": self.created,
            "Announce": self.announced,
            "Undo": self.undone,
            "Delete": self.deleted,
            "Update": self.updated,
        }
        rule.get(activity["type"], self.is_moving)(activity)

    def accepted(self, activity: dict[str, Any]) -> None:
        asked = activity["object"]
        assert (asked["type"], asked["object"]) == ("Follow", activity["actor"])
        user = asked["actor"].rpartition("/")[2]
        assert self.follows[user, activity["actor"]] in {"asked", "accepted"}
        self.follows[user, activity["actor"]] = "accepted"

    def refused(self, activity: dict[str, Any]) -> None:
        self.follows.pop((activity["object"]["actor"].rpartition("/")[2], activity["actor"]), None)

    def created(self, activity: dict[str, Any]) -> None:
        """Kept once, if somebody here follows who says it."""
        note, author = activity["object"], activity["actor"]
        assert (note["type"], note["attributedTo"]) == ("Note", author)
        assert "https://www.w3.org/ns/activitystreams#Public" in note["to"]
        assert urlsplit(note["id"]).netloc == urlsplit(author).netloc
        if self.followers(author) and note["id"] not in self.statuses:
            self.insert(note)

    def announced(self, activity: dict[str, Any]) -> None:
        """The status is fetched if it is not known; of what stands among the latest 40 of a home nothing is added."""
        sharer, uri = activity["actor"], activity["object"]
        assert isinstance(uri, str)
        if not self.followers(sharer):
            return
        if uri not in self.statuses:
            status, note = get(uri, ACTIVITY)
            if status != 200 or note["id"] != uri:
                return
            self.insert(note)
        for user in self.followers(sharer):
            if uri not in [shown for _by, shown in self.homes.setdefault(user, [])[-40:]]:
                self.homes[user].append((sharer, uri))

    def insert(self, note: dict[str, Any]) -> None:
        self.statuses[note["id"]] = note
        for user in self.followers(note["attributedTo"]):
            self.homes.setdefault(user, []).append((note["attributedTo"], note["id"]))

    def followers(self, author: str) -> list[str]:
        return [user for (user, actor), state in self.follows.items() if (actor, state) == (author, "accepted")]

    def undone(self, activity: dict[str, Any]) -> None:
        shared = activity["object"]
        assert (shared["type"], shared["actor"]) == ("Announce", activity["actor"])
        for home in self.homes.values():
            home[:] = [entry for entry in home if entry != (shared["actor"], shared["object"])]

    def deleted(self, activity: dict[str, Any]) -> None:
        if isinstance(activity["object"], dict):
            note = self.statuses.get(activity["object"]["id"], {})
            if note.get("attributedTo") == activity["actor"]:
                del self.statuses[note["id"]]
        elif activity["object"] == activity["actor"]:
            self.follows = {pair: state for pair, state in self.follows.items() if pair[1] != activity["actor"]}
            self.statuses = {k: v for k, v in self.statuses.items() if v["attributedTo"] != activity["actor"]}
        for home in self.homes.values():
            home[:] = [(by, shown) for by, shown in home if shown in self.statuses and by != activity["object"]]

    def updated(self, activity: dict[str, Any]) -> None:
        """The whole account must come with it, as its owner shows it."""
        account = activity["object"]
        assert (account["id"], account["type"]) == (activity["actor"], "Service")
        assert {"inbox", "publicKey", "preferredUsername"} <= set(account)
        self.names[account["id"]] = account["name"]

    def is_moving(self, activity: dict[str, Any]) -> None:
        """Move: the new account must name the old one."""
        assert (activity["type"], activity["object"]) == ("Move", activity["actor"])
        status, target = get(activity["target"], ACTIVITY)
        if status == 200 and activity["actor"] in target.get("alsoKnownAs", []):
            self.moved[activity["actor"]] = target["id"]


def get(url: str, accept: str) -> tuple[int, Any]:
    return send(url, None, {"Accept": accept})


def send(url: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
    """Status and JSON of a request over HTTP to the site that is tried."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            status, raw = answer.status, answer.read()
    except HTTPError as error:
        with error:
            status, raw = error.code, error.read()
    try:
        return status, json.loads(raw)
    except ValueError:
        return status, raw

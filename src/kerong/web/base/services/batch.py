"""What a data steward does with batches, and what a feed's own machine sends."""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.core.exceptions import PermissionDenied

from kerong.engine.deal.subsidy import spelt
from kerong.engine.problems import sentence
from kerong.intake import Receipt, Statement, feed_by_name, publish_held, receive, refused, statement, told
from kerong.store.archive import ArchiveError, Batch
from kerong.store.files import Unusable
from kerong.store.stream.blocks import extension_of
from kerong.store.stream.source import Source
from kerong.web.base.models import Role, User
from kerong.web.base.selectors.archive import City
from kerong.web.base.words import word

LONGEST_NAME = 200
LONGEST_REASON = 500
ACTS = ("publish", "reject", "withdraw")
SIGNED = re.compile(r"<([^<>]*)>$")


class BatchRefused(ValueError):
    """What was asked for cannot be done: a key of the words, or (`problem`) a row for `engine.problems.sentence`."""

    def __init__(self, key: str, problem: dict[str, object] | None = None) -> None:
        super().__init__(key)
        self.problem = problem


def signature(user: User) -> str:
    """How a person signs in the archive's log: the full name where it is known, and who it is."""
    who, name = user.person or user.username, " ".join(user.get_full_name().replace("<", " ").split())
    return f"{name} <{who}>" if name else who


def is_same_person(signed: str, user: User) -> bool:
    """Was it this natural person who signed, under whichever log-in?"""
    found = SIGNED.search(signed)
    who = spelt(found.group(1) if found else signed)
    return who in {spelt(user.person), spelt(user.username)} - {""}


def file_name(given: str) -> str:
    """A sender's name of a file as a text that may be kept: without folders and control characters, not too long."""
    name = re.split(r"[/\\]", given)[-1]
    kept = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
    if len(kept) <= LONGEST_NAME:
        return kept
    ending = "".join(Path(kept).suffixes[-2:])[-20:]
    return kept[: LONGEST_NAME - len(ending)] + ending


def batch_upload(actor: User, city: City, path: Path, name: str, feed: str, said: dict[str, object]) -> Receipt:
    """What becomes of a file that a steward sends; without a feed its name says whose it is.

    `said`: "as_of", "period", "rows", sums by column. Raises PermissionDenied for anybody but a steward.
    """
    _only_steward(actor)
    name = file_name(name)
    try:
        chosen = feed or feed_by_name(city.book, path, name)
    except Unusable as error:
        return refused(name, None, [{"severity": "refused", **error.found}])
    return _received(city, path, name, chosen, said, signature(actor))


def batch_push(city: City, path: Path, name: str, feed: str, said: dict[str, object], by: str) -> Receipt:
    """What becomes of a file that the machine of a feed sends; a quarantine of another feed is none of its business."""
    return _received(city, path, file_name(name), feed, said, by, own_only=True)


def receipt_lines(receipt: Receipt, city: City, lang: str) -> list[str]:
    """A receipt in words, a line each: what happened, then why."""
    return [line.strip().removeprefix("- ") for line in told(receipt, city.archive, city.book, _lang(lang), None)]


def refusal_words(refusal: BatchRefused, lang: str) -> str:
    """Why it cannot be done, in words."""
    return sentence(refusal.problem, lang) if refusal.problem else word(str(refusal), lang)


def batch_decide(actor: User, city: City, act: str, batch_id: str, reason: str) -> None:
    """Publishes, rejects or withdraws a batch, with a reason that the log keeps.

    Whoever handed a batch in does not publish it. Raises PermissionDenied for anybody but a steward, BatchRefused where
    it cannot be done, Http404 where there is no such batch.
    """
    _only_steward(actor)
    batch, reason = city.batch(batch_id), " ".join(reason.split())
    if act not in ACTS:
        raise BatchRefused("batch.refused.act")
    if not reason or len(reason) > LONGEST_REASON:
        raise BatchRefused("batch.refused.reason")
    if act == "publish" and is_same_person(batch.by, actor):
        raise BatchRefused("batch.refused.hands")
    by, at = signature(actor), datetime.now(UTC)
    try:
        _done(city, act, batch, by, at, reason)
    except ArchiveError as error:
        raise BatchRefused("batch.refused.state", dict(error.problem)) from error


def may_publish(actor: User, batch: Batch) -> bool:
    """May this steward publish a batch that waits: did somebody else hand it in?"""
    return actor.role == Role.STEWARD and not is_same_person(batch.by, actor)


def _done(city: City, act: str, batch: Batch, by: str, at: datetime, reason: str) -> None:
    if act == "publish":
        publish_held(city.archive, batch.id, by, at, reason)
    elif act == "reject":
        city.archive.reject(batch.id, by, at, reason)
    else:
        city.archive.withdraw(batch.id, by, at, reason)


def _received(
    city: City, path: Path, name: str, feed: str | None, said: dict[str, object], by: str, own_only: bool = False
) -> Receipt:
    try:
        if not name:
            raise Unusable("file_without_name")
        _check_inflates(path, name)
        register = city.mapping(feed) if feed else None
        if feed and register is None:
            raise Unusable("feed_unknown")
        stated = statement(said, register) if register else Statement()
    except Unusable as error:
        return refused(name, feed, [{"severity": "refused", **error.found}])
    return receive(
        city.archive,
        city.book,
        path,
        feed,
        datetime.now(UTC),
        by,
        as_of=stated.as_of,
        period=stated.period,
        totals=stated.totals,
        name=name,
        own_only=own_only,
    )


def _check_inflates(path: Path, name: str) -> None:
    """A gzipped file that a form or a machine sent may not keep a server busy for minutes."""
    left = settings.INFLATED_BYTES
    for piece in Source(path, is_gzip=True) if extension_of(name).endswith(".gz") else ():
        left -= len(piece)
        if left < 0:
            raise Unusable("file_inflates")


def _only_steward(actor: User) -> None:
    if actor.role != Role.STEWARD:
        raise PermissionDenied


def _lang(lang: str) -> Literal["zh", "en"]:
    return "en" if lang == "en" else "zh"

"""A paper once more: from the case, the plan and the templates as a commit holds them."""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import yuqing
from yuqing import screen, store
from yuqing.case import Case, Entry
from yuqing.cli import looking, target
from yuqing.cli.context import Session
from yuqing.cli.understand import parse_entry
from yuqing.cli.wish import Asked, read_line
from yuqing.errors import Failure, Refused, Said
from yuqing.store import past
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.cli import papers

TRIES = 40
"""Commits that are tried: a paper is made shortly before it is sent."""


@contextmanager
def at(run: Session, ref: str, name: str) -> Iterator[Session]:
    """The session in the office as commit ``name`` has it, at ``--now`` or the commit's time.

    Raises ``NotFound`` for a commit that is not there, or does not hold the case.
    """
    commit, moment = past.commit_of(run.workspace, name)
    case = store.find_case(run.workspace, ref, now=run.now).case.id
    now = run.now_text or _text(moment)
    with past.as_it_was(run.workspace, commit, case) as folder:
        yield replace(run, directory=folder, now_text=now)
    key = N_(
        "from commit {commit}, as of {now}; by yuqing {version} and its own templates of today"
    )
    said = looking.say(run, key, commit=commit[:12], now=now, version=yuqing.__version__)
    print(screen.clean(said), file=sys.stderr)


def again(run: Session, ref: str, word: str, output: Path | None, *, force: bool) -> int:
    """Make the Word file of an entry once more and compare it, byte for byte. With ``output``
    what was made is written; where it differs, what else differs is said, and the answer is 3.

    Raises ``Refused`` where the entry holds no such file.
    """
    from yuqing import render
    from yuqing.render.template import about

    if output is not None:
        target.free(run, output)
    case = store.find_case(run.workspace, ref, now=run.now).case
    entry = case.entry(parse_entry(word, case))
    name, sha256, data = _file(run, case, entry)
    kept = about(data)
    asked = read_line(kept.get("comments", ""))
    if asked is None:
        raise Refused(
            N_("{path} does not say how it was made; --as-of and --now make it again"), path=name
        )
    best: tuple[str, papers.Composed] | None = None
    for tried in _tries(run, case.id, asked, kept["identifier"]):
        if best is None or not _by(best[1], kept):
            best = tried
        if tried[1].made.data == data:
            best = tried
            break
    if best is None:
        raise Refused(N_("no commit holds {case} as {path} tells it"), case=case.id, path=name)
    commit, made = best
    digest = hashlib.sha256(made.made.data).hexdigest()
    same = digest == sha256
    if output is not None:
        wish = target.named(replace(asked.wish, output=output, force=force), made.doc, "docx")
        target.may_replace(wish, made.made.data, made.doc.id)
        output = wish.output
        if output is not None:
            render.put(output, made.made.data)
    said = _said(kept, made.made.digest, same=same, commit=commit, name=name)
    if run.json:
        item = {
            "case": case.id,
            "document": asked.document,
            "template_digest": made.made.digest,
            "sha256": digest,
            "file": output and str(output),
            "fingerprint": made.doc.fingerprint,
            "draft": made.doc.draft,
            "drill": made.doc.drill,
        }
        looking.answer(run, "rendered", [item], made.sight)
    elif same and not run.quiet:
        print(screen.clean(looking.say(run, said.key, **said.params)))
    if not same:
        print(screen.clean(looking.say(run, said.key, **said.params)), file=sys.stderr)
    return 0 if same else 3


def _by(made: papers.Composed, kept: Mapping[str, str]) -> bool:
    """By the same templates as then?"""
    return str(made.made.digest).startswith(kept["version"])


def _said(kept: Mapping[str, str], digest: str, *, same: bool, commit: str, name: str) -> Said:
    if same:
        key = N_("{path}: the same bytes, made again from commit {commit}")
        return Said(key, {"path": name, "commit": commit[:12]})
    key = N_(
        "{path}: not the same bytes; from commit {commit}; made by {then}, now {now}; "
        "templates {was}, now {are}"
    )
    now = f"yuqing {yuqing.__version__}"
    params = {"path": name, "commit": commit[:12], "then": kept["last_modified_by"], "now": now}
    return Said(key, {**params, "was": kept["version"], "are": digest[:12]})


def _file(run: Session, case: Case, entry: Entry | None) -> tuple[str, str, bytes]:
    """Name, recorded digest and content of the Word file that was recorded with an entry."""
    held = store.digests(run.workspace, case)
    for paper in entry.files if entry else ():
        if paper.path is None or paper.sha256 is None or not paper.path.endswith(".docx"):
            continue
        if held.get(paper.path) != paper.sha256:
            raise Refused(
                N_("the file {path} is not the one that was recorded (digest differs)"),
                path=paper.path,
            )
        path = run.workspace.cases / "files" / case.id / paper.path
        return paper.path, paper.sha256, path.read_bytes()
    raise Refused(
        N_("entry {entry} has no Word file in the case's folder"),
        entry=(entry and entry.id) or "?",
    )


def _tries(
    run: Session, case: str, asked: Asked, identifier: str
) -> Iterator[tuple[str, papers.Composed]]:
    """What the commits make of it that hold the case as far as the paper knew it; first the
    commits shortly before the paper was made, then later ones."""
    from yuqing.cli import papers

    until = dt.datetime.fromisoformat(asked.now) + dt.timedelta(minutes=1)
    commits = past.commits_of(run.workspace, case)
    before = [each for each in commits if each[1] < until]
    after = [each for each in reversed(commits) if each[1] >= until]
    for commit, _ in [*before[:TRIES], *after[:TRIES]]:
        try:
            with past.as_it_was(run.workspace, commit, case) as folder:
                then = replace(run, directory=folder, now_text=asked.now)
                made = papers.compose(then, case, asked.document, asked.wish, "docx")
        except Failure:
            continue  # not in this commit, or not to be made from it
        if f"{case} {made.doc.fingerprint}" == identifier:
            yield commit, made


def _text(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="minutes")

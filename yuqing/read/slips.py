"""What is probably wrong with a line that YAML cannot read, in words for who typed it."""

from __future__ import annotations

import re

from yuqing.errors import Problem
from yuqing.words import N_

_COLON = N_("half-width colon and a space after the name")
_QUOTES = N_("put the text in double quotes")
_BRACKET = N_("put the text in double quotes, or close the bracket")
_NAME = r"^\s*(?:- +)*[^\W\d][\w@./-]*"


def slip(row: str) -> str | None:
    """What is probably wrong with a line that YAML cannot read: a message id, or ``None``."""
    if re.match(_NAME + "：", row) or re.match(_NAME + r":(?!//)[^\s:]", row):
        return _COLON
    opened = re.match(_NAME + r": +([\[{])", row)
    if opened and {"[": "]", "{": "}"}[opened[1]] not in row:
        return _BRACKET
    if re.match(_NAME + r": +[@*!\[{>&%#`|?,\]}]", row) or re.match(_NAME + r": +- ", row):
        return _QUOTES
    if re.match(r"^\s*(?:- +)+[@*!\[{>&%#`|?,\]}]", row):
        return _QUOTES
    if re.match(_NAME + r": +[^\"'\s].*:( |$)", row) or re.match(_NAME + r": +([\"']).*\1", row):
        return _QUOTES
    return None


_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SIGN_IN_FLOW = re.compile(r"[{,\[]\s*(?:[^\s{}\[\],:]+:\s+)?([?:#&*!>@%|`])")


def _flow_slip(rows: list[str], places: list[int], detail: str) -> tuple[int, str] | None:
    """Line and sign of a text inside brackets that begins with a sign YAML keeps for itself.

    A # hides the rest of its line, so that the complaint comes far behind it.
    """
    far = "stream end" in detail or "':'" in detail or "node content" in detail
    for place in (*places, *(range(len(rows)) if far else ())):
        row = _QUOTED.sub('""', rows[place]) if place < len(rows) else ""
        found = _SIGN_IN_FLOW.search(row)
        if found and (place in places or found.group(1) == "#"):
            return place + 1, found.group(1)
    return None


def explain(fault: Exception, file: str, rows: list[str]) -> Problem:
    """A parser's complaint in words for the person who typed the line."""
    mark = getattr(fault, "problem_mark", None)
    context = getattr(fault, "context_mark", None)
    said = str(getattr(fault, "context", "") or "")
    detail = str(getattr(fault, "problem", "") or "") or type(fault).__name__
    places = [m.line for m in (mark, context) if m is not None]
    if "simple key" in said and context is not None:
        places.reverse()  # the line that lacks its colon, not the one that follows
    line = min(places[0] + 1, len(rows)) if places else 0
    if "quoted scalar" in said and context is not None:
        key = N_("the quotation mark that opens here is never closed")
        if "end of stream" in detail or "document separator" in detail:
            return Problem(file=file, line=context.line + 1, key=key)
    if "directive" in said or ("%" in detail and places and rows[line - 1].startswith("%")):
        key = N_("take out the line that begins with {sign}")
        return Problem(file=file, line=line, key=key, params={"sign": "%"})
    if "found unknown escape" in detail or "double-quoted scalar" in said:
        key = N_("a backslash inside double quotes; write it twice, or use single quotes")
        return Problem(file=file, line=line, key=key)
    sign = _flow_slip(rows, places, detail)
    if sign is not None:
        key = N_("put the text in double quotes: `{sign}` at its beginning means something to YAML")
        return Problem(file=file, line=sign[0], key=key, params={"sign": sign[1]})
    if "flow" in said and context is not None and re.search(r"{.*\w: ", rows[context.line]):
        key = N_("the bracket that opens here is not closed, or a text in it needs double quotes")
        return Problem(file=file, line=context.line + 1, key=key)
    for place in places:
        if place < len(rows):
            found = slip(rows[place])
            if found:
                return Problem(file=file, line=place + 1, key=found)
    if "expected <block end>" in detail or "simple key" in said or "not allowed here" in detail:
        key = N_("this line does not fit the ones above; look at its indentation and its colon")
        return Problem(file=file, line=line, key=key)
    if "expected ',' or" in detail:
        key = N_("a bracket is not closed, or a text inside it needs double quotes")
        return Problem(file=file, line=line, key=key)
    # the parser's own words are English and about its grammar
    key = N_("cannot be read here; compare with the lines above")
    return Problem(file=file, line=line, key=key)

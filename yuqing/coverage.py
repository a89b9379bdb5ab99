"""Is a plan's text encoded whole: every expression of time in it, and the quote it lies in.

Pure: the office's own text and the plan come in, :class:`Coverage` goes out. The text is
repaired before it is read (what copying and scanning do to plans: rules of thumb that change
no sense), in both scripts, with Arabic or Chinese numerals, and English.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, product

from yuqing.plan import Duty, Gate, Plan, Reading
from yuqing.variants import simplified

# --- repair ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text as it should read, in simplified characters; ``places``: where each stood."""

    text: str
    places: tuple[int, ...]


_HAN = "\u3400-\u9fff"
_UNIT = "分|小|日|天|个|周|时|月|年|工"
_NUMERAL = "零〇一二两三四五六七八九十百"
_HEAD = rf"(?:#|\||[-*] |第[{_NUMERAL}\d]+[章节条部]|[{_NUMERAL}]{{1,3}}[、.．]|\([{_NUMERAL}\d]+\)|\d{{1,2}}[.、)](?!\d))"
_PINYIN = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜńňǹ"
_PLAIN = {
    chr(code): chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1B), *range(0xFF21, 0xFF5B))
}
_PLAIN |= {"（": "(", "）": ")", "．": ".", "－": "-", "～": "~", "\u3000": " ", "\u00a0": " "}


def _joined(match: re.Match[str]) -> str:
    """Nothing, where a sentence goes on in the next line; a heading's own line ends there."""
    before = match.string[: match.start()].rpartition("\n")[2]
    heading = (
        re.match(_HEAD, before.strip()) and len(before) < 20 and not re.search("[，,、；]$", before)
    )
    digits = before[-1:].isdigit() and match.string[match.end() : match.end() + 1].isdigit()
    return match[0] if heading or digits else ""


_REPAIRS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    ("[\ufeff\u200b-\u200f\u00ad\u2060]|\r", ""),
    (r"&(?:nbsp|emsp|ensp|#160|#12288);", " "),
    (r"<br\s*/?>", "\n"),
    # 發(fā)布: a converter that spelled out what it changed
    (rf"(?<=[{_HAN}])[(（][a-zü]*[{_PINYIN}][a-z]*[)）]", ""),
    ("[０-：Ａ-ｚ（）．－～\u3000\u00a0]", lambda m: _PLAIN.get(m[0], m[0])),
    # 3 0 分鐘: a scan
    (rf"(?<![\d.])\d(?: \d)+(?=\s?(?:{_UNIT}))", lambda m: m[0].replace(" ", "")),
    (rf"(?<=[{_HAN}，。、；：])[ \t]+(?=[{_HAN}\d(])|(?<=[\d)])[ \t]+(?=[{_HAN}])", ""),
    # a line that goes on below; a heading does not, and what follows a full stop begins anew
    (rf"(?<=[{_HAN}\d，、,])[ \t]*\n[ \t]*(?=[{_HAN}\d])(?!{_HEAD})", _joined),
    (r"(?<=\d)[oO](?=[\doO]|分|小|日|天|个)", "0"),
    (r"(?<![A-Za-z])[lI|](?=\d|个?(?:小时|工作日)|[日天]内|分钟)", "1"),
    (r"小[肘吋]", "小时"),
    (rf"(?<=[\d{_NUMERAL}半])分[种肿]", "分钟"),
    (r"工作曰", "工作日"),
    (rf"(?<=[\d{_NUMERAL}当次每同即])曰", "日"),
    (r"第[—–―ー-]时间", "第一时间"),
    (r"(?<=第一)[时吋][问間]", "时间"),
    (r"立[既郎]", "立即"),
    (r"卽", "即"),
    (r"及[吋肘]", "及时"),
    (r"奥情", "舆情"),
)
"""What is mended, in order: pattern and what stands in its place."""


def repair(text: str) -> Repaired:
    """The text without the damage that copying, converting and scanning do to it."""
    places: list[int] = list(range(len(text)))
    text = simplified(text)
    for pattern, instead in _REPAIRS:
        text, places = _mend(text, places, pattern, instead)
    return Repaired(text, tuple(places))


def _mend(
    text: str, places: list[int], pattern: str, instead: str | Callable[[re.Match[str]], str]
) -> tuple[str, list[int]]:
    out: list[str] = []
    kept: list[int] = []
    end = 0
    for match in re.finditer(pattern, text):
        new = instead if isinstance(instead, str) else instead(match)
        first, last = match.span()
        out += (text[end:first], new)
        kept += places[end:first]
        same = len(new) == last - first
        kept += places[first:last] if same else [places[first]] * len(new)
        end = last
    return "".join((*out, text[end:])), kept + places[end:]


# --- expressions -----------------------------------------------------------------------

_ONE = rf"(?:\d+(?:\.\d+)?|[{_NUMERAL}]+|半|[几数][{_NUMERAL}]?)"
_SOME = rf"(?<![第\d{_NUMERAL}.:年])(?<![\d{_NUMERAL}]月)(?!\d{{4}}年|[{_NUMERAL}]{{4}}年)(?:{_ONE}(?:[-~—–至到或]{_ONE})?[多余]?)"
_LENGTH = (
    r"(?:个半|个|半)?(?:分钟|刻钟|小时|钟头|(?:法定)?工作日|自然日|日(?!报(?![送告]))|[天周](?!年)|星期|礼拜|昼夜"
    r"|季度|(?<=个)月|(?<=半)月|年(?!级|度|代|来|以来|底|初|末|终|鉴))"
)
_WITHIN = "(?:[之以]?[内前后])?"
_SPAN = rf"{_SOME}{_LENGTH}{_WITHIN}"
_BEFORE = "(?:之前|以前|前|起|止)?"
_DAY = rf"(?:\d{{1,2}}|[{_NUMERAL}]{{1,3}})"
_YEAR = rf"(?:\d{{4}}年|[{_NUMERAL}]{{4}}年|[每当次翌今明本]年)"
_MONTH_END = "(?:底|初|末|[上中下]旬)"
_NO_LIMIT = "(?!印发|发布|修订|通过|成文|讨论|公布|下发|起?(?:施行|实施|执行))"
_DATE = (
    rf"{_YEAR}?(?<![\d{_NUMERAL}]){_DAY}月(?:{_DAY}[日号]|{_MONTH_END})"
    rf"(?:[-~—–至到](?:{_DAY}月)?{_DAY}[日号])?{_BEFORE}{_NO_LIMIT}"
    rf"|[末本次当]月{_DAY}[日号]{_BEFORE}|[每当]年{_DAY}月份?{_BEFORE}|{_DAY}月份?(?:之前|以前|前)|{_YEAR}[底初末]{_BEFORE}"
)
_TIMES = rf"(?:(?:不少于|至少|不得少于|不低于)?{_ONE}(?:次|回|遍|报(?!送|告)))"
_EVERY = (
    rf"每隔?(?:{_ONE}(?:个半|个|半)?)?个?(?:分钟|小时|工作日|[日天晚早晨旬班]|周[{_NUMERAL}日末]?|星期[{_NUMERAL}日天]?"
    rf"|月(?:{_DAY}[日号]|{_MONTH_END})?|季度?末?|半年|年)(?:[早晚上下午]{{0,2}}{_DAY}[点时])?{_WITHIN}{_TIMES}?"
    rf"|{_ONE}[日天周月季年]{_ONE}(?:报(?!送|告)|次)|(?:不少于|至少|不得少于){_ONE}次"
    r"|[逐按](?:[日天周旬月季]度?|年(?!龄)|小时)(?!期)"
)
_PART = "(?:上午|下午|早晨|早上|早|晚上|晚|中午|午后|凌晨|夜间)"
_CLOCK = (
    rf"{_PART}?(?<!\d)(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)(?:之前|以前|前|后)?"
    rf"|{_PART}{_DAY}[时点](?:{_DAY}分|半|整)?(?:之前|以前|前|后)?"
    rf"|(?<![\d{_NUMERAL}第])(?:\d{{1,2}}|[{_NUMERAL}]{{2,3}})时(?:{_DAY}分|半|整)?(?:之前|以前|前|后)?(?!候)"
    rf"|(?<![\d{_NUMERAL}第]){_DAY}点(?:钟|整|半|\d{{2}}分?)?前"
)
_WORDS = (
    "不定时|立即|立刻|当即|即刻|马上|随即|即时|及时|适时|实时|时时|即日起?|限时|第一时间|(?:最[快短]|同一|规定|限定)时[间限]"
    "|迅速|尽快|尽早|尽速|从速|从快|火速|快速|越快越好|要快|尽可能快|抓紧|随时|随后|此后|随[到收接]随[办转报]|即.即[办转报改]"
    "|最迟|最晚|至迟|最长|不[得能应]?[迟晚]于|力争|限期|按期|按时|定时|准时|如期|逾期|超期|超时|到期|期满|届满|期限|时限"
    r"|不间断|全天候|全天|全时|全程|昼夜|连续|持续|滚动|始终|常态化|不定期|定期|经常|阶段性|直至|直到|为止|日常"
    r"|当[日天晚夜月场]|次[日周月]|翌日|隔[日天]|第二天|同[日天]|当班|[上下]班[前后]|(?:非?工作|办公|上班|下班)时间"
    r"|(?:法定)?节假日|双休日|工作日|休息日|公休日|周末|晚间|夜间|深夜|不过夜|整点|零时|[年月周日]内(?!容)|凌晨|月[底末初]|年[底末终初]|季[末初]|[上下]半年|半年|全年"
    r"|零报告|[日周月]报[告制]|提前|事[前先后]|会前|汛[期前后]|[敏特重][感殊点要](?:时期|时段|时间节点|节点)|\w{1,2}期间"
    r"|之[日时]起|接报后|不得(?:拖延|延误|迟报)|不计入|必要时"
    rf"|(?:不得|不能|不应|不|不可)?超过(?=在?{_SPAN})|最多(?=[^，。；,;]{{0,6}}{_SPAN})|一般(?=[^，。；,;]{{0,3}}{_SPAN})"
    r"|同时(?=上报|报|通报|抄|告|通知|发送|向)|黄金(?=[\d四])"
)
_COUNT = (
    "(?:\\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|thirty|half an?)"
)
_ENGLISH = (
    rf"(?<![A-Za-z\d]){_COUNT}(?:[ -](?:(?:calendar|working|business|natural|clock)[ -])?"
    r"(?:minute|hour|day|week|month|quarter|year)s?|(?<=\d) ?(?:min|h|hrs?))(?![A-Za-z])"
    r"|\b(?:immediately|at once|promptly|forthwith|without (?:undue )?delay|as soon as \w+|in due course|timely"
    r"|regularly|periodically|continuously|daily|weekly|monthly|quarterly|annually|yearly|(?:every|each) (?:\d+ )?(?:working )?"
    r"(?:minute|hour|day|week|month|quarter|half[ -]year|year)s?|(?:the )?(?:same|next|following) (?:working |business )?day"
    r"|close of (?:business|office)|end of (?:the )?(?:day|month|quarter|year)|(?:a)?round the clock"
    r"|(?:at the|no|not) late(?:st|r than)|deadline)\b"
)
_EXPRESSION = re.compile(f"{_DATE}|{_EVERY}|{_CLOCK}|{_SPAN}|{_WORDS}|{_ENGLISH}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of time. ``first``, ``last``: its place in the text as given."""

    text: str
    first: int
    last: int
    at: tuple[int, int]
    """Its place in the repaired text."""


def expressions(text: str) -> tuple[Expression, ...]:
    """Every expression of time and urgency in ``text``, in its order."""
    return tuple(_expressions(text, repair(text)))


def _expressions(text: str, mended: Repaired) -> Iterator[Expression]:
    for match in _EXPRESSION.finditer(mended.text):
        begin, end = match.span()
        if begin == end:
            continue
        first, last = mended.places[begin], mended.places[end - 1] + 1
        shown = re.sub(rf"\s+(?=[{_HAN}\d])", "", text[first:last])
        yield Expression(shown, first, last, (begin, end))


# --- articles --------------------------------------------------------------------------

_DEPTHS = (
    (0, rf"第([{_NUMERAL}\d]+)(?:章|节|部分)"),
    (1, rf"第([{_NUMERAL}\d]+)条"),
    (1, rf"([{_NUMERAL}]{{1,3}})[、.．]"),
    (2, rf"\(([{_NUMERAL}]{{1,3}})\)"),
    (3, r"(\d{1,2})[.、](?!\d)"),
    (4, r"\((\d{1,2})\)|(\d{1,2})\)"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """Where in the plan a line stands: numbers and headings, outermost first."""

    name: str
    keys: frozenset[str]
    """Every way to name it, or what it lies in, without signs."""
    deepest: frozenset[str]


def _key(name: str) -> str:
    return re.sub(
        r"[\W_]|第(?=[零〇一二两三四五六七八九十百\d])|[条章节款项](?=$|\W)", "", repair(name).text
    )


def _articles(mended: Repaired, known: frozenset[str]) -> list[tuple[int, Article]]:
    """Place in the repaired text → the article that begins there."""
    found: list[tuple[int, Article]] = []
    path: list[tuple[int, str, str, str]] = []
    place = 0
    for line in mended.text.split("\n"):
        step = _heading(line, known)
        if step is not None:
            depth = step[0]
            if depth == 1:
                path = [each for each in path if each[0] == 0 and "第" not in step[1]]
            path = [each for each in path if each[0] < depth]
            path.append(step)
            found.append((place, _article(path)))
        place += len(line) + 1
    return found


def _heading(line: str, known: frozenset[str]) -> tuple[int, str, str, str] | None:
    """Depth, the article as printed, its number, its heading."""
    bare = line.strip().lstrip("#").strip("* ")
    for depth, pattern in _DEPTHS:
        match = re.match(pattern, bare)
        if match:
            number = next(each for each in match.groups() if each)
            rest = bare[match.end() :].strip()
            title = re.split(r"[。，,：:;；\s]", rest, maxsplit=1)[0]
            return depth, match[0].rstrip("、.．"), number, title if len(title) <= 20 else ""
    if (line.lstrip().startswith("#") or _key(bare) in known) and len(bare) <= 40 and bare:
        return 1, bare, "", bare
    return None


def _article(path: Sequence[tuple[int, str, str, str]]) -> Article:
    inner = [each for each in path if each[0] > 0] or list(path)
    name = "".join(each[1] for each in inner)
    keys: set[str] = set()
    deepest: set[str] = set()
    for steps in {tuple(path), tuple(inner)}:
        for depth in range(1, len(steps) + 1):
            ways = [[_key(way) for way in (step[2], step[3]) if way] for step in steps[:depth]]
            deepest = {"".join(way) for way in product(*ways)}
            keys |= deepest
    return Article(name, frozenset(keys), frozenset(deepest))


# --- quotes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the plan's text that something encoded stands on. ``sort``: duty, level …"""

    sort: str
    id: str
    clause: str
    words: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One expression, and what covers it. ``waived``: its article is named ``without_rule``."""

    text: str
    line: int
    article: str
    around: str
    by: tuple[Quote, ...] = ()
    waived: bool = False

    @property
    def covered(self) -> bool:
        """Is it encoded, or named as asking nothing?"""
        return bool(self.by) or self.waived


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every expression of a text, and the quotes that stand nowhere in it."""

    found: tuple[Found, ...]
    lost: tuple[Quote, ...]

    @property
    def missing(self) -> tuple[Found, ...]:
        """What nothing in the plan covers."""
        return tuple(each for each in self.found if not each.covered)


UNIQUE = 10
"""So many signs say by themselves which sentence is meant, wherever it stands."""


def quotes(plan: Plan) -> Iterator[Quote]:
    """Everything in the plan that names the words it stands on, in the order of the file."""
    for scale in plan.scales.values():
        for place, level in enumerate(scale.levels):
            path = ("scales", scale.id, place)
            yield from _each("level", level.id, level.clause or "", level.quote, path)
    sorts: tuple[tuple[str, str, Mapping[str, object]], ...] = (
        ("reading", "readings", plan.readings),
        ("duty", "duties", plan.duties),
        ("gate", "gates", plan.gates),
    )
    for sort, section, members in sorts:
        for name, each in members.items():
            clause, words = getattr(each, "clause"), getattr(each, "quote")  # noqa: B009 - alike
            yield from _each(sort, name, clause, words, (section, name))
    for place, refused in enumerate(plan.unsupported):
        yield from _each(
            "unsupported", refused.clause, refused.clause, refused.quote, ("unsupported", place)
        )


def _each(
    sort: str, name: str, clause: str, words: Iterable[str], path: tuple[str | int, ...]
) -> Iterator[Quote]:
    for each in words:
        yield Quote(sort, name, clause, each, (*path, "quote"))


@dataclass(slots=True)
class _Index:
    """The repaired text without signs and blanks, to look quotes up in."""

    signs: str
    at: tuple[int, ...]
    begins: tuple[int, ...]
    articles: tuple[Article, ...]

    def article(self, place: int) -> Article | None:
        """The article that a place of the repaired text lies in."""
        number = bisect_right(self.begins, place) - 1
        return self.articles[number] if number >= 0 else None

    def all(self, words: str) -> list[tuple[int, int]]:
        """Every place where the words stand, in the repaired text."""
        found = []
        begin = self.signs.find(words)
        while begin >= 0 and words:
            found.append((self.at[begin], self.at[begin + len(words) - 1] + 1))
            begin = self.signs.find(words, begin + 1)
        return found


def cover(text: str, plan: Plan) -> Coverage:
    """Hold ``text``, the plan as issued, against what ``plan`` says it stands on.

    A quote of ten signs or more covers every place where it stands. A shorter one covers one
    place: under its own article if the text has that, and where two things quote the same
    words, one place each as long as there are several.
    """
    mended = repair(text)
    index = _index(mended, plan)
    places, lost = _placed(index, quotes(plan))
    waived = frozenset(_key(each) for each in plan.without_rule)
    lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    found = []
    for each in _expressions(text, mended):
        begin, end = each.at
        article = index.article(begin)
        line = bisect_right(lines, each.first)
        by = tuple(quote for (a, b), quote in places if a <= begin and end <= b)
        free = article is not None and bool(article.keys & waived)
        name = article.name if article else ""
        found.append(Found(each.text, line, name, _around(text, each), by, not by and free))
    return Coverage(tuple(found), tuple(lost))


def _index(mended: Repaired, plan: Plan) -> _Index:
    kept = [place for place, sign in enumerate(mended.text) if sign.isalnum()]
    members: tuple[Duty | Gate | Reading, ...] = (
        *plan.duties.values(),
        *plan.gates.values(),
        *plan.readings.values(),
    )
    cited = [*(each.clause for each in members), *(each.clause for each in plan.unsupported)]
    names = [*plan.clauses, *plan.without_rule, *cited]
    known = frozenset(_key(part) for name in names for part in re.split("·", name)[:1])
    articles = _articles(mended, known - {""})
    return _Index(
        "".join(mended.text[place] for place in kept).casefold(),
        tuple(kept),
        tuple(place for place, _ in articles),
        tuple(article for _, article in articles),
    )


def _placed(
    index: _Index, all_: Iterable[Quote]
) -> tuple[list[tuple[tuple[int, int], Quote]], list[Quote]]:
    places: list[tuple[tuple[int, int], Quote]] = []
    lost: list[Quote] = []
    taken: dict[str, list[tuple[int, int]]] = {}
    for quote in all_:
        for part in re.split(r"…+|\.{3,}|⋯+", quote.words):
            words = "".join(c for c in repair(part).text if c.isalnum()).casefold()
            if not words:
                continue
            where = _choose(index, quote, words, taken.setdefault(words, []))
            places += [(place, quote) for place in where]
            if not where and quote not in lost:
                lost.append(quote)
    return places, lost


def _choose(
    index: _Index, quote: Quote, words: str, taken: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    where = index.all(words)
    if len(words) >= UNIQUE:
        return where
    clause = _key(quote.clause)
    if any(clause in article.keys for article in index.articles):
        where = [each for each in where if _lies_in(index.article(each[0]), clause)]
    else:
        narrow = [each for each in where if _part_of(index.article(each[0]), clause)]
        where = narrow or where
    one = next((each for each in where if each not in taken), where[0] if where else None)
    if one is None:
        return []
    taken.append(one)
    return [one]


def _lies_in(article: Article | None, clause: str) -> bool:
    return article is not None and clause in article.keys


def _part_of(article: Article | None, clause: str) -> bool:
    """The plan file names a part that the text has no heading for: 六(二)一級."""
    return article is not None and any(clause.startswith(each) for each in article.deepest if each)


def _around(text: str, each: Expression) -> str:
    """The words about an expression, on one line."""
    begin = max(text.rfind(sign, 0, each.first) for sign in "。；;\n") + 1
    ends = [place for sign in "。；;\n" if (place := text.find(sign, each.last)) >= 0]
    end = min([*ends, each.last + 20])
    return re.sub(r"\s+", " ", text[max(begin, each.first - 20) : end]).strip()

"""Tags of the templates: words in the reader's language, money, counts, rates and dates."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kerong.rulebook import published_words
from kerong.rulebook.content import Group, Region, Rule, Source, Text
from kerong.rulebook.published import Document, Figure
from kerong.rulebook.published_checks import Checked
from kerong.web.base import figures
from kerong.web.base.forms import Refused
from kerong.web.base.icons import icon as drawn
from kerong.web.base.names import industry_named, named
from kerong.web.base.selectors.enterprises import Question
from kerong.web.base.selectors.move_forms import Field
from kerong.web.base.selectors.objections import Disputed
from kerong.web.base.selectors.payment_file import yuan_cell
from kerong.web.base.words import word as words_for

register = template.Library()


@register.simple_tag(takes_context=True)
def word(context: Context, key: str, **values: object) -> str:
    """The words for `key`, with {names} filled in."""
    return words_for(key, context["lang"], **values)


@register.simple_tag(takes_context=True)
def word_of(context: Context, family: str, key: str) -> str:
    """The words for a key that is put together, as "way." and "rules"."""
    return words_for(f"{family}{key}", context["lang"])


@register.simple_tag(takes_context=True)
def text(context: Context, value: Text | None, default: str = "") -> str:
    """A title or sentence of the rulebook in the reader's language."""
    return default if value is None else value.in_(context["lang"])


@register.simple_tag(takes_context=True)
def money(context: Context, fen: int | None) -> SafeString:
    """An amount for reading, exact in its title."""
    shown = figures.money(fen, context["currency"], context["lang"])
    return format_html('<span class="num" title="{}">{}</span>', figures.exact(fen, context["currency"]), shown)


@register.simple_tag(takes_context=True)
def yuan(context: Context, fen: int | None) -> SafeString:
    """An amount to the hundredth: what is decided and paid is never rounded for reading."""
    return format_html('<span class="num">{}</span>', figures.exact(fen, context["currency"]) or "—")


register.filter("plain_yuan", yuan_cell)


@register.filter
def of_key(key: str, held: Mapping[str, object]) -> object:
    """What stands under a key; None where nothing does."""
    return held.get(key)


@register.simple_tag
def typed_in(field: Field, refused: Refused, mine: bool) -> str:
    """What stands in a box: what was typed where this form was refused or tried, else its own value."""
    return refused.typed.get(field.name, "") if mine else field.value


@register.filter
def same(left: object, right: object) -> bool:
    """Are the two equal? For a variable of a template."""
    return left == right


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None) -> str:
    """A date in words."""
    return figures.day(value, context["lang"])


@register.simple_tag(takes_context=True)
def industry(context: Context, code: str | None) -> str:
    """What an industry code means, as far as the region or the national lists say."""
    return industry_named(code, context["lang"], context.get("region"))


register.filter("count", figures.count)
register.filter("rate", figures.rate)


@register.simple_tag(takes_context=True)
def name(context: Context, family: str, code: str | None) -> str:
    """The title of a code: stage, dimension, kind, outcome, role."""
    return named(family, code, context["lang"], context.get("region"))


@register.simple_tag
def icon(key: str) -> SafeString:
    """A line icon."""
    return drawn(key)


@register.inclusion_tag("base/bar.html", takes_context=True)
def bar(context: Context, parts: object, label: str = "") -> dict[str, object]:
    """A stacked bar of `Share`s."""
    return {"parts": parts, "label": label, "lang": context["lang"]}


@register.inclusion_tag("base/gauge.html", takes_context=True)
def gauge(context: Context, value: int | None, most: int, reach: int | None = None) -> dict[str, object]:
    """A bar of `value` out of `most`; the part up to `reach` is hatched: it is possible and not known."""
    whole = max(most, 1)
    filled = 100 * (value or 0) / whole
    open_width = 100 * (reach if reach is not None else most if value is None else value) / whole - filled
    return {"filled": round(filled, 2), "open": round(max(open_width, 0), 2), "lang": context["lang"]}


@register.simple_tag(takes_context=True)
def value(context: Context, kind: str, held: object) -> SafeString | str:
    """A value as its kind is written: money, rate, ratio, count, flag, day, spells, text; the unknown says so."""
    lang = context["lang"]
    match held:
        case None:
            return format_html('<span class="soft">{}</span>', words_for("unknown", lang))
        case bool():
            return words_for("yes" if held else "no", lang)
        case date():
            return format_html('<span class="num">{}</span>', held.isoformat())
        case int() if kind == "money":
            return money(context, held)
        case int() if kind == "rate":
            return figures.rate(held)
        case int() if kind == "count":
            return figures.count(held)
        case list():
            return format_html('<span class="num">{}</span>', figures.spells(held, lang))
        case str() if kind == "stage":
            return named("stage", held, lang, context.get("region"))
        case float():
            return format_html('<span class="num">{}</span>', f"{held:,.4g}" if abs(held) < 1e4 else f"{held:,.0f}")
    return str(held)


@register.simple_tag(takes_context=True)
def district(context: Context, code: str | None) -> str:
    """The title of a district of the region's sheet; an unnamed code stays as it is."""
    region: Region = context["region"]
    found = next((item.title for item in region.districts if item.code == code), None)
    return found.in_(context["lang"]) if found else code or "—"


@register.simple_tag(takes_context=True)
def institution_title(context: Context, code: str) -> str:
    """The title of an institution of the region's sheet; an unnamed code stays as it is."""
    region: Region = context["region"]
    found = next((item.title for item in region.institutions if item.code == code), None)
    return found.in_(context["lang"]) if found else code


@register.simple_tag(takes_context=True)
def cited(context: Context, source: Source) -> str:
    """Where something comes from: the title of the document, if the region's sheet names it, and the clause."""
    documents: Mapping[str, Document] = context["published"].rulebook.published.documents
    if source.document not in documents:
        return f"{source.document} {source.clause}"
    title = documents[source.document].title
    return f"《{title.zh}》{source.clause}" if context["lang"] == "zh" else f"{title.en}, {source.clause}"


@register.simple_tag(takes_context=True)
def figure(context: Context, held: Figure) -> SafeString:
    """A published figure with its unit and qualifier; the number as it stands in the source is its title."""
    shown = published_words.figure_in_words(held, context["lang"])
    return format_html('<span title="{}">{}</span>', published_words.figure_in_words(held, "zh"), shown)


@register.simple_tag(takes_context=True)
def as_of(context: Context, held: Figure) -> str:
    """The day, month, year or span that a published figure is about."""
    return published_words.date_in_words(held.as_of, context["lang"])


@register.simple_tag(takes_context=True)
def unit(context: Context, code: str) -> str:
    """The unit of a column of a published table."""
    return published_words.unit_in_words(code, context["lang"])


@register.simple_tag(takes_context=True)
def outcome(context: Context, checked: Checked) -> str:
    """What came of a check."""
    return published_words.outcome_in_words(checked, context["lang"])


@register.simple_tag(takes_context=True)
def limit_name(context: Context, rule: Rule, key: str) -> str:
    """What a limit that cut an amount is about: its scope, or the title of what several rules share; else its name."""
    scope = next((limit.scope for limit in rule.limits if limit.name == key), None)
    groups: Mapping[str, Group] = context["published"].rulebook.groups
    if scope is None and key in groups:
        return groups[key].title.in_(context["lang"])
    return named("limit", scope or key, context["lang"])


@register.simple_tag
def with_number(number: int) -> str:
    """A number as a text, for a variable of a template."""
    return str(number)


@register.inclusion_tag("base/origin.html", takes_context=True)
def origin(context: Context, field: str, kind: str, held: object, label: str = "") -> dict[str, object]:
    """A value as a button that opens where it comes from; `label` stands instead of the value where there is none."""
    shown = label or value(context, kind, held)
    firm = context["firm"]["enterprise_id"] if "firm" in context else context["dossier"].enterprise["enterprise_id"]
    return {"enterprise_id": firm, "field": field, "shown": shown, "lang": context["lang"]}


@register.simple_tag(takes_context=True)
def mark(context: Context, state: str) -> SafeString | str:
    """The mark of an objection: disputed, or to be corrected; nothing where there is none."""
    if not state:
        return ""
    return format_html('<span class="tag tag-dispute">{}</span>', words_for(f"dispute.{state}", context["lang"]))


@register.filter
def of_field(marks: Disputed, name: str) -> str:
    """The state of an objection to a field."""
    return marks.of(name)


@register.simple_tag
def address(question: Question, **changes: object) -> str:
    """The list's address parameters with some changed, with the question mark; empty where nothing is asked."""
    told = {**question.parameters, **{name: str(held) for name, held in changes.items()}}
    kept = {name: held for name, held in told.items() if (name, held) not in {("sort", "rank"), ("page", "1")}}
    return f"?{urlencode(kept)}" if kept else ""

"""A model card told in Chinese and English, as Markdown: the same sections and figures in both."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kerong.engine.problems import sentence
from kerong.engine.score.card.fairness import LEAST_OUTCOMES, LEAST_ROWS
from kerong.engine.score.card.report import ModelCard
from kerong.engine.score.card.report_table import WORDS

Held = Mapping[str, Any]

METRICS = ("auc", "gini", "ks", "brier", "calibration_slope", "calibration_intercept", "expected_rate", "observed_rate")


def markdown(card: ModelCard, lang: str) -> str:
    """The model card as Markdown, in "zh" or "en"."""
    return "\n".join(_Teller(card.held, lang).lines()).rstrip() + "\n"


class _Teller:
    """One language's lines."""

    def __init__(self, held: Held, lang: str) -> None:
        self.held, self.lang = held, lang

    def say(self, key: str, **values: object) -> str:
        zh, en = WORDS[key]
        return (zh if self.lang == "zh" else en).format(**values)

    def lines(self) -> Iterator[str]:
        about = self.held["about"]
        yield f"# {about['title'][self.lang]}"
        yield from ("", about["meaning"][self.lang].rstrip("。.") + ("。" if self.lang == "zh" else "."))
        yield from self._listed("warnings", [self.say(key) for key in self.held["warnings"]])
        yield from self._listed("limits", [one[self.lang] for one in about["limits"]])
        yield from self._data(about)
        yield from self._metrics()
        yield from self._parts("years", "year")
        yield from self._parts("segments", "segment")
        yield from self._drift()
        yield from self._fairness()
        yield from self._listed(
            "forbidden", [f"`{one['name']}`: {one['reason'][self.lang]}" for one in about["forbidden"]]
        )
        yield from self._listed("problems", [sentence(row, self.lang) for row in self.held["problems"]])
        yield from self._bins()

    def _listed(self, key: str, items: Sequence[str]) -> Iterator[str]:
        if items:
            yield from ("", f"## {self.say(key)}", *(f"- {item}" for item in items))

    def _data(self, about: Held) -> Iterator[str]:
        data = self.held["data"]
        first, last = data["window"]
        yield from ("", f"## {self.say('data')}", about["test"][self.lang], "")
        rate = _percent(data["bads"] / data["rows"])
        yield "- " + self.say("fitted", rows=data["rows"], first=first, last=last, bads=data["bads"], rate=rate)
        if self.held["drift"] is None:
            yield "- " + self.say("turns", repeats=data["repeats"])
            return
        first, last = data["test_window"]
        share = _percent(data["test_bads"] / data["test_rows"])
        yield "- " + self.say(
            "tested", rows=data["test_rows"], first=first, last=last, bads=data["test_bads"], rate=share
        )

    def _metrics(self) -> Iterator[str]:
        yield from ("", f"## {self.say('metrics')}")
        yield from self._models(self.held["metrics"]["sample"])
        for one in self.held["about"]["elsewhere"]:
            yield from ("", f"{one[self.lang]}: AUC {one['auc']:.3f}")
        if "prior" in self.held["metrics"]:
            rate = _percent(self.held["prior_bp"] / 10_000)
            yield from ("", f"### {self.say('prior', rate=rate)}", self.say("prior_said"))
            yield from self._models(self.held["metrics"]["prior"])

    def _models(self, models: Held) -> Iterator[str]:
        names = list(models)
        yield from ("", *_head([self.say("figure"), *(self.say(name) for name in names)]))
        held = next(one for one in models.values() if one)
        for metric in [one for one in METRICS if one in held]:
            cells = [self.say("absent") if models[name] is None else _estimate(models[name][metric]) for name in names]
            yield _row([self.say(metric), *cells])

    def _parts(self, section: str, key: str) -> Iterator[str]:
        rows = self.held[section]
        if not rows:
            return
        shifts = any(row.get("shift") for row in rows)
        heads = [self.say(key), self.say("rows"), self.say("rate"), "AUC", *([self.say("shift")] if shifts else [])]
        yield from ("", f"## {self.say(section)}", "", *_head(heads))
        for row in rows:
            cells = [str(row[key]), f"{row['rows']:,}", _percent(row["rate"]), _estimate(row["auc"])]
            yield _row([*cells, *([self._shift(row["shift"])] if shifts else [])])

    def _shift(self, shift: Held | None) -> str:
        if shift is None:
            return "-"
        word = self.say("shifted_word" if shift["word"] == "shifted" else shift["word"])
        return f"{shift['value']:.3f} ({shift['noise']:.3f}) {word}"

    def _drift(self) -> Iterator[str]:
        drift = self.held["drift"]
        if drift is None:
            return
        yield from ("", f"## {self.say('drift')}", "", *_head([self.say("line"), self.say("shift")]))
        yield _row([self.say("points"), self._shift(drift["points"])])
        for name, shift in drift["lines"].items():
            yield _row([f"`{name}`", self._shift(shift)])

    def _fairness(self) -> Iterator[str]:
        parts = self.held["fairness"]
        if not parts:
            return
        share = _percent(self.held["approve_bp"] / 10_000)
        said = self.say("fairness_said", share=share, cut=parts[0]["cut"])
        few = self.say("fairness_small", rows=LEAST_ROWS, outcomes=LEAST_OUTCOMES)
        yield from ("", f"## {self.say('fairness')}", "", f"- {said}", f"- {few}")
        keys = ("group", "rows", "rate", "approved", "approved_ratio", "good_approved", "good_ratio", "auc")
        for part in parts:
            yield from ("", f"### `{part['name']}`", "", *_head([self.say(key) for key in keys]))
            for row in part["groups"]:
                yield _row(
                    [
                        row["group"] + (" ▲" if row["low"] else ""),
                        f"{row['rows']:,}",
                        _percent(row["bad_rate"]),
                        _percent(row["approved"]),
                        _estimate(row["approved_ratio"], 2),
                        _percent(row["good_approved"]),
                        _estimate(row["good_ratio"], 2),
                        "-" if row["auc"] is None else f"{row['auc']:.3f}",
                    ]
                )
            if part["small"]:
                yield from ("", self.say("small", groups=part["small"], rows=part["small_rows"]))

    def _bins(self) -> Iterator[str]:
        card = self.held["card"]
        yield from ("", f"## {self.say('bins')}")
        for segment in card["segments"]:
            if len(card["segments"]) > 1:
                yield from ("", f"### {segment['name']}")
            yield from ("", self.say("base", base=segment["base"], **card["scaling"]))
            keys = ("line", "bin", "goods", "bads", "added")
            yield from ("", *_head([self.say(key) for key in keys]))
            for line in segment["lines"]:
                rows = [(self._values(one), one) for one in line["bins"]]
                rows += [(self.say(key), line[key]) for key in ("missing", "other") if line[key]]
                for values, one in rows:
                    yield _row([f"`{line['name']}`", values, *(f"{one[key]:,}" for key in ("goods", "bads", "points"))])

    def _values(self, one: Held) -> str:
        if one["categories"]:
            return ", ".join(one["categories"]).replace("|", "/")
        low, high = one["low"], one["high"]
        if low is None and high is None:
            return "-"
        if low is None:
            return f"< {high:,.6g}"
        return f">= {low:,.6g}" if high is None else f"{low:,.6g} - {high:,.6g}"


def _head(cells: Sequence[str]) -> tuple[str, str]:
    return _row(cells), "|" + "---|" * len(cells)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _estimate(found: Held | None, places: int = 3) -> str:
    if found is None or found["value"] is None:
        return "-"
    value = f"{found['value']:.{places}f}"
    if found["low"] is None:
        return value
    return (
        value if found["low"] == found["high"] else f"{value} ({found['low']:.{places}f} - {found['high']:.{places}f})"
    )

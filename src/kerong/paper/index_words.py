"""Words of the index report, for the page and for paper: titles of codes, labels, sentences; both languages."""

from collections.abc import Mapping

from kerong.engine.score.report import IndexReport, Place
from kerong.rulebook.content import Region

Pair = tuple[str, str]

TITLES: Mapping[str, Pair] = {
    "stage.seed": ("种子期", "Seed"),
    "stage.startup": ("初创期", "Start-up"),
    "stage.growth": ("成长期", "Growth"),
    "stage.mature": ("成熟期", "Mature"),
    "dimension.qualification": ("企业资质", "Qualification"),
    "dimension.operation": ("经营状况", "Operation"),
    "dimension.talent": ("创新人才", "Talent"),
    "dimension.input": ("创新投入", "R&D input"),
    "dimension.output": ("创新产出", "R&D output"),
}
METHODS: Mapping[str, Pair] = {
    "given": ("给定权重", "given weights"),
    "entropy": ("熵权法", "weights by entropy"),
    "critic": ("CRITIC 法", "weights by CRITIC"),
}
LABELS: Mapping[str, Pair] = {
    "title": ("创新积分报告", "Innovation index report"),
    "open": ("创新积分报告", "Index report"),
    "pdf": ("下载 PDF", "Download PDF"),
    "points": ("积分", "Points"),
    "points.of": ("满分 1000", "of 1000"),
    "grade": ("等级", "Grade"),
    "now": ("现在", "Now"),
    "at.best": ("资料补齐后最高", "Once all is known, up to"),
    "place": ("名次", "Place"),
    "place.all": ("全部企业", "All firms"),
    "place.district": ("所在区", "Its district"),
    "place.group": ("同行业", "Its industry group"),
    "place.of": ("/ {size} 家", "of {size}"),
    "place.between": ("可能在第 {best}–{worst} 名", "may be {best} to {worst}"),
    "place.note": (
        "名次区间同时考虑本企业和其他企业尚未知道的资料。",
        "The span of a place allows for all that is not known, of this firm and of the others.",
    ),
    "weights": (
        "换用其他权重（给定、熵权、CRITIC），在 {size} 家中排在第 {best}–{worst} 名：{told}",
        "By other weights (given, entropy, CRITIC) it stands between {best} and {worst} of {size}: {told}",
    ),
    "weights.steady": ("名次基本不取决于权重。", "its place hardly depends on the weights."),
    "weights.moving": (
        "名次随权重有所变动，相差在此范围内的企业分不出先后。",
        "its place moves with the weights, and firms within that span cannot be told apart.",
    ),
    "weights.open": (
        "名次在很大程度上取决于权重，不宜单凭名次比较。",
        "its place is largely the work of the weights: do not compare firms by it alone.",
    ),
    "percentile": ("同行业中领先", "Ahead of its industry"),
    "percentile.note": ("分数更低的企业所占比例", "share of firms with fewer points"),
    "coverage": ("资料完整度", "Known"),
    "radar": ("各维度得分率", "Share of points by dimension"),
    "radar.note": (
        "占该维度满分的百分比。浅色部分尚未知道，不按零计。",
        "Per cent of what a dimension can give. The pale part is not known yet; it is no zero.",
    ),
    "proven": ("已确认", "Proven"),
    "reachable": ("补齐资料可达", "Reachable with evidence"),
    "typical": ("同阶段中位数", "Middle of its stage"),
    "trend": ("走势", "Trend"),
    "trend.note": (
        "各季度都用本次的标尺计算：变的是企业，不是尺子。",
        "All quarters are read with this run's scale: the firm moves, not the yardstick.",
    ),
    "trend.none": (
        "本次运行没有计算以往各季度。运行 kerong assess 时加 --history 8 即可看到近两年走势。",
        "This run did not read past quarters. Run kerong assess with --history 8 to see two years.",
    ),
    "trend.high": ("可能达到", "Possible"),
    "trend.span": (
        "{first} 至 {last}：{points} → {points_last} 分，全部企业中第 {rank} → 第 {rank_last} 名。",
        "{first} to {last}: {points} → {points_last} points, place {rank} → {rank_last} among all firms.",
    ),
    "raise": ("怎样提高", "What raises it"),
    "raise.reached": (
        "升到 {grade} 级还差 {needed} 分。最省力的做法是下面 {count} 项，合计 +{points} 分：",
        "{needed} points short of grade {grade}. Least effort ({count} in all, +{points} points):",
    ),
    "raise.unreached": (
        "升到 {grade} 级还差 {needed} 分；企业一年内能改变的各项合起来最多 +{most} 分，一年内达不到。",
        "{needed} points short of grade {grade}; what can be changed in a year brings {most}: out of reach for a year.",
    ),
    "raise.top": ("已是最高等级。", "No grade is higher."),
    "raise.also": ("同时 {title} {now} → {to}", "with it {title} {now} → {to}"),
    "raise.note": (
        "按本次标尺计算，假定其他企业不变；只列同行业企业一年内做得到的幅度。请做对企业有用的事，不必为分数而做。",
        "By this run's scale, others unchanged; only what such firms reach in a year. Serve the firm, not the score.",
    ),
    "evidence": ("只补资料，不作改变", "Evidence alone, no change"),
    "evidence.may": (
        "补齐下列资料最多 +{points} 分，可能达到 {grade} 级。",
        "What is not known could bring up to {points} points and grade {grade}.",
    ),
    "evidence.points": ("补齐下列资料最多 +{points} 分。", "What is not known could bring up to {points} points."),
    "evidence.none": ("各项资料都已知道。", "Everything is known."),
    "evidence.from": ("来自：{registers}", "from: {registers}"),
    "most": ("最多 +{points}", "up to +{points}"),
    "flags": ("需要说明之处", "To be explained"),
    "flags.note": (
        "不同来源的数据对不上，请企业说明。不扣分，也不影响任何补贴。",
        "Registers do not agree here: please explain. It costs no points and no support.",
    ),
    "flags.none": ("各来源的数据相互吻合。", "The registers agree with one another."),
    "flags.open": ("另有 {count} 项因资料不足未能核对。", "{count} more could not be checked for want of data."),
    "flags.bring": ("可以提供：", "What explains it:"),
    "indicators": ("逐项得分", "Every indicator"),
    "indicators.note": (
        "未知的不按零计。点数值可看来源。",
        "Unknown is no zero. Choose a value to see where it comes from.",
    ),
    "indicator": ("指标", "Indicator"),
    "value": ("数值", "Value"),
    "earns": ("0 分 → 满分", "None → all points"),
    "known": ("最近更新", "Last update"),
    "unknown": ("未知", "not known"),
    "withheld": ("不在授权范围", "Outside the consent"),
    "unknown.title": ("尚不知道", "What is not known"),
    "method": ("怎样计算", "How it is worked out"),
    "method.compared": (
        "每项指标在同行业内比较，两端极值截尾后换算为 0 到满分；权重随发展阶段不同，每个阶段合计 1000 分。",
        "Each indicator is compared within its industry, extremes cut off; weights differ by stage, 1000 in all.",
    ),
    "method.unknown": (
        "积分恰好等于已知各项得分之和；未知的不按零计，另列最高可能。",
        "The points are exactly the sum of what is known; the unknown is no zero, its most is told beside.",
    ),
    "method.scale": (
        "标尺由 {firms} 家企业截至 {day} 的数据得出（{method}）；积分不是信用评级，不能单独作为拒绝的理由。",
        "The scale: {firms} firms, {day}, {method}. The points are no credit rating, and alone no reason to refuse.",
    ),
    "run": ("运行 {run}，截至 {day}", "Run {run}, as of {day}"),
    "page": ("第 {page} 页，共 {pages} 页", "page {page} of {pages}"),
}


def label(key: str, lang: str, **values: object) -> str:
    """A label with {names} filled in. Raises KeyError for an unknown key."""
    return LABELS[key][0 if lang == "zh" else 1].format(**values)


def titled(family: str, code: str | None, lang: str, region: Region) -> str:
    """The title of a code: the region's own, else ours, else the code in words."""
    if code is None:
        return label("unknown", lang)
    own = region.words.get(family, {}).get(code)
    if own is not None:
        return own.in_(lang)
    pair = TITLES.get(f"{family}.{code}")
    return code.replace("_", " ") if pair is None else pair[0 if lang == "zh" else 1]


def headline(report: IndexReport, lang: str) -> list[str]:
    """What a founder reads first: the points and the grade with what is open, and the place with its span."""
    return [_points(report, lang), *([_place(report, lang)] if report.places else [])]


STEADY, MOVING = 0.05, 0.15  # widths of places, as shares of all firms, up to which a place is called so: conventions


def steadiness(report: IndexReport, lang: str) -> str:
    """How much of the firm's place is the work of the weights; empty where the run did not look."""
    among = report.place("all")
    if report.by_weights is None or among is None:
        return ""
    best, worst = report.by_weights
    share = (worst - best) / among.size
    kind = "steady" if share <= STEADY else "moving" if share <= MOVING else "open"
    told = label(f"weights.{kind}", lang)
    return label("weights", lang, best=f"{best:,}", worst=f"{worst:,}", size=f"{among.size:,}", told=told)


def _points(report: IndexReport, lang: str) -> str:
    grade, high = report.grade, report.grade_high
    is_open = report.points_high > report.points
    if lang == "zh":
        now = f"创新积分 {report.points} 分（满分 1000）" + (f"，{grade} 级" if grade else "")
        best = f"；资料补齐后最高 {report.points_high} 分" if is_open else ""
        return now + best + (f"，可达 {high} 级" if is_open and high and high != grade else "") + "。"
    now = f"{report.points} of 1000 points" + (f", grade {grade}" if grade else "")
    best = f"; up to {report.points_high} once all is known" if is_open else ""
    return now + best + (f", which would be grade {high}" if is_open and high and high != grade else "") + "."


def _place(report: IndexReport, lang: str) -> str:
    told = [_among(place, lang) for place in report.places if place.kind != "group"]
    if report.percentile_bp is not None:
        share = report.percentile_bp / 100
        told.append(f"在同行业中领先 {share:.0f}% 的企业" if lang == "zh" else f"ahead of {share:.0f}% of its industry")
    whole = ("；" if lang == "zh" else "; ").join(told)
    return f"{whole}。" if lang == "zh" else f"{whole[:1].upper()}{whole[1:]}."


def _among(place: Place, lang: str) -> str:
    span = "" if place.best == place.worst else f"（可能 {place.best}–{place.worst}）"
    if lang == "zh":
        of = "全部" if place.kind == "all" else "本区"
        return f"{of} {place.size:,} 家中第 {place.rank:,} 名{span}"
    of = f"of {place.size:,} firms" if place.kind == "all" else f"of {place.size:,} in its district"
    between = "" if place.best == place.worst else f" (between {place.best:,} and {place.worst:,})"
    return f"place {place.rank:,} {of}{between}"


def earns(zero: tuple[str, ...], full: str | None, better: str, is_flag: bool, lang: str) -> str:
    """Between which values points are earned; empty where all firms are alike."""
    if full is None or not zero:
        return ""
    zh = lang == "zh"
    if is_flag:
        return f"为“{full}”得满分" if zh else f"all for “{full}”"
    if better == "middle":
        ends = (zero[0], zero[-1])
        return (
            f"{full} 满分，{ends[0]} 或 {ends[1]} 为 0 分" if zh else f"all at {full}, none at {ends[0]} or {ends[1]}"
        )
    return f"{zero[0]} → {full}"

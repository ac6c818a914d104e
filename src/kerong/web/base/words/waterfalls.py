"""Words of the pages of waterfalls: who bears or receives which part of an amount."""

from kerong.engine.money import KINDS

WATERFALLS = {
    **{f"waterfall.{kind}": (title.zh, title.en) for kind, title in KINDS.items()},
    "rules.waterfalls": ("风险与收益的分担", "Who bears, who receives"),
    "waterfall.layers": ("逐层分担", "Layer by layer"),
    "waterfall.amount": ("分担的金额", "What is parted"),
    "waterfall.rest": ("各层之外的部分归{party}。", "What no layer takes goes to {party}."),
    "waterfall.parties": ("参与方", "Parties"),
    "waterfall.per": ("逐笔计算：", "Parted for each:"),
    "waterfall.of_rule": ("适用规则", "Applies to rows of"),
    "waterfall.examples": ("算例：谁承担多少", "Worked examples: who takes how much"),
    "waterfall.examples.note": (
        "每个算例由程序按当日的规则算出，合计分毫不差。",
        "Each is worked out by the program as of its day; the parts add up to the fen.",
    ),
    "waterfall.on": ("日期", "As of"),
    "waterfall.unknown": ("缺少一项数据，不作分担。", "Something is not known: nothing is parted."),
    "waterfall.error": ("数据有误，不作分担。", "Something is wrong: nothing is parted."),
    "waterfall.cut": ("{party}达到上限，减少", "{party} at its cap: less by"),
    "waterfall.open": ("在此规则下谁承担损失", "Who bears what under this rule"),
}

"""Words of the institutions' and funds' faces."""

PARTNERS = {
    "partner.lead": (
        "您的产品在全区的汇总情况；看到具体企业，须有企业的有效授权。",
        "Your products across the region in sums; a single enterprise is seen under its consent only.",
    ),
    "partner.rules": ("我的产品", "My products"),
    "partner.met": ("符合的企业（各产品合计）", "Enterprises met, over all products"),
    "partner.volume": ("可得额度合计", "Sum open to enterprises"),
    "partner.admitted": ("已授权的企业", "Enterprises that let us in"),
    "partner.own": ("产品情况", "Products in figures"),
    "partner.stopped_by": ("主要卡在：", "Mostly stopped by:"),
    "partner.no_rules": (
        "区域规则手册中没有以本机构为提供方的产品。",
        "The region's rulebook has no product of this institution.",
    ),
    "partner.admitted.title": ("已授权的企业", "Enterprises that let us in"),
    "partner.admitted.note": ("每次查看都会记录，企业可见。", "Every look is recorded, and the enterprise sees it."),
    "partner.admitted.none": ("目前没有企业授权。", "No enterprise has let us in yet."),
    "fund.lead": (
        "投资与奖励项目的汇总情况；看到具体企业，须有企业的有效授权。",
        "Investment and reward programmes in sums; a single enterprise is seen under its consent only.",
    ),
    "fund.met": ("符合投资条件的企业", "Enterprises that fit"),
    "fund.rewards": ("付给基金的奖励", "Rewards that pay funds"),
    "fund.rewards.title": ("付给投资机构的奖励", "Rewards that pay investors"),
}

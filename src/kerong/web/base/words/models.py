"""Words of the pages of models and scorecards, and of the credit view of one firm."""

MODELS = {
    "models.title": ("模型与评分卡", "Models and scorecards"),
    "models.open": ("模型与评分卡", "Models and scorecards"),
    "models.lead": (
        "本地区有哪些模型：用来做什么、不能做什么、依据什么数据、检验结果如何。",
        "Which models this region has: what each is for and not for, what it rests on, and how it was tested.",
    ),
    "models.none": ("本地区没有声明任何模型，也没有评分卡。", "This region declares no model and has no scorecard."),
    "models.credit.off": (
        (
            "本部署未开启企业信用视图（KERONG_CREDIT_VIEW）：对外提供信用评价属于征信业务，须持"
            "牌。开启之前，页面、接口和导出中都没有任何企业的信用分。"
        ),
        (
            "The credit view of single firms is switched off here (KERONG_CREDIT_VIEW): credit reporting needs a "
            "licence. Until it is on, no page, interface or export carries a firm's credit points."
        ),
    ),
    "models.credit.on": (
        "本部署已开启企业信用视图：企业本身可看，经企业为此用途授权的机构可看；政府工作人员不可看。",
        (
            "The credit view of single firms is on here: for the firm itself and for institutions that it agreed to "
            "for such a purpose; not for officials."
        ),
    ),
    "models.no_card": ("本地区尚未拟合评分卡", "No card was fitted for this region"),
    "models.no_card.long": (
        "本地区声明了这个模型，但还没有拟合评分卡：它不给任何企业打分。拟合命令：kerong model fit-city。",
        (
            "The region declares this model and has no fitted card yet: it gives nobody points. kerong model "
            "fit-city makes one."
        ),
    ),
    "models.formula": ("公式，不从数据学习", "A formula: nothing is learned from data"),
    "models.formula.long": (
        "这个模型是一条公式，不从数据学习，因此没有评分卡，也没有检验数字。",
        "This model is a formula and learns nothing from data: it has no card and no figures of a test.",
    ),
    "models.untested": ("没有检验记录", "No record of a test"),
    "models.untested.long": (
        (
            "这次运行没有带上检验记录：下面只有评分卡本身。没有检验过的评分卡不应使用。检验命令：kerong "
            "model fit-city --report。"
        ),
        (
            "This run carries no record of a test: below is the card alone. A card that was not tested should not be "
            "used. kerong model fit-city --report makes one."
        ),
    ),
    "models.unreadable": (
        "检验记录无法读取：文件损坏、版本不同，或写的是另一个模型。",
        "The record of the test cannot be read: it is damaged, of another version, or of another model.",
    ),
    "models.other_card": (
        "检验记录写的是另一张卡：时间窗口或特征与现用的卡不符。下面的数字不能用来评价现用的卡。",
        (
            "The record tells of another card: its window or its characteristics do not fit the card in force. Its "
            "figures do not judge the card in force."
        ),
    ),
    "models.same_way": (
        "检验用的卡只拟合于较早的决策；现用的卡以同样方法拟合于全部决策。",
        (
            "The tested card was fitted on earlier decisions alone; the card in force was then fitted in the same "
            "way on all."
        ),
    ),
    "models.kind.credit": ("信用", "Credit"),
    "models.kind.need": ("需求", "Need"),
    "models.kind.hazard": ("风险", "Hazard"),
    "models.kind.stage": ("阶段", "Stage"),
    "models.column.model": ("模型", "Model"),
    "models.column.fitted": ("拟合", "Fitted"),
    "models.column.tested": ("留出期 AUC（95% 区间）", "AUC out of time (95 % interval)"),
    "models.rows": ("{rows} 次决策，{bads} 次出现该结果", "{rows} decisions, {bads} with the outcome"),
    "models.for": ("用来做什么", "What it is for"),
    "models.not_for": ("不能做什么", "What it is not for"),
    "models.data": ("数据与日期", "Data and dates"),
    "models.outcome": ("结果", "Outcome"),
    "models.events": ("结果取自", "Read from"),
    "models.window": ("决策日期", "Days of decision"),
    "models.fitted_on": ("结果看到", "Outcomes seen until"),
    "models.rate": ("出现该结果的比例", "Share with the outcome"),
    "models.prior": ("概率校准到的基准率", "Base rate of the probabilities"),
    "models.card": ("评分卡", "Card"),
    "models.version": ("{name}，格式版本 {version}", "{name}, version {version} of the format"),
    "models.source": ("来源", "Source"),
    "models.sensitivity": ("敏感程度", "Sensitivity"),
    "models.other_cards": ("另有评分卡", "Other cards"),
    "models.forbidden": ("禁用列及原因", "Forbidden columns and why"),
    "models.forbidden.none": ("没有声明禁用列。", "No column is declared forbidden."),
    "models.first": ("先读这些", "Read this first"),
    "models.skill": ("能分辨多少", "How much it tells apart"),
    "models.skill.note": (
        "AUC：任取一个出现该结果的和一个没有的，前者风险分更高的机会。0.5 等于抛硬币，1 为全对。横条为 95% 区间。",
        (
            "AUC: of one with the outcome and one without, the chance that the first has the higher risk. 0.5 is a "
            "coin, 1 is always right. The bar is the 95 % interval."
        ),
    ),
    "models.absent": ("没有结果", "No result"),
    "models.figure": ("指标（95% 区间）", "Figure (95 % interval)"),
    "models.calibration": ("概率说得准不准", "Is the probability right"),
    "models.calibration.note": (
        "留出期按预计概率分成约十组：竖线为预计，横条为实际比例的 95% 区间。竖线落在横条之外即说得不准。",
        (
            "Rows held back in about ten groups by what was said: the tick is what was expected, the bar the 95 % "
            "interval of what came. A tick outside its bar was wrong."
        ),
    ),
    "models.expected": ("预计", "Expected"),
    "models.observed": ("实际（95% 区间）", "Came (95 % interval)"),
    "models.steps": ("从分数到概率", "From points to probability"),
    "models.steps.note": (
        "横轴为分数，由低到高；纵轴为出现该结果的概率。",
        "Points from low to high; the height is the probability of the outcome.",
    ),
    "models.steps.table": ("逐级列出", "Step by step"),
    "models.from_points": ("分数（从）", "Points from"),
    "models.probability": ("概率", "Probability"),
    "models.fairness": ("对不同群体是否一样", "Does it treat groups alike"),
    "models.fairness.none": ("没有声明要查看的群体。", "No groups are declared."),
    "models.small": (
        "另有 {groups} 个小群体共 {rows} 行，不单列。",
        "{groups} small groups with {rows} rows in all are not shown singly.",
    ),
    "models.group.rows": ("行数", "Rows"),
    "models.group.bad": ("该结果比例", "With outcome"),
    "models.group.approved": ("获批率", "Approved"),
    "models.group.ratio": ("获批比值", "Ratio"),
    "models.group.good": ("好样本获批率", "Among the good"),
    "models.group.good_ratio": ("好样本比值", "Ratio among the good"),
    "models.group.low": ("明显低于五分之四", "Clearly below four fifths"),
    "division.size": ("规模", "Size"),
    "division.age": ("年龄", "Age"),
    "division.district": ("区县", "District"),
    "division.ownership": ("所有制", "Ownership"),
    "group.under_3": ("不满三年", "under 3 years"),
    "group.3_to_9": ("三至九年", "3 to 9 years"),
    "group.10_and_over": ("十年及以上", "10 years and over"),
    "group.state": ("国有", "state"),
    "group.private": ("民营", "private"),
    "group.foreign": ("外资", "foreign"),
    "group.micro": ("微型", "micro"),
    "group.small": ("小型", "small"),
    "group.medium": ("中型", "medium"),
    "group.large": ("大型", "large"),
    "models.drift": ("数据变了没有", "Have the data shifted"),
    "models.drift.note": (
        "PSI：检验期与拟合期的分布差异；括号内为纯属偶然也会有的差异。",
        (
            "PSI: how the tested rows are spread otherwise than those of the fit; in brackets what chance alone "
            "would give."
        ),
    ),
    "models.drift.more": ("其余 {count} 项", "{count} more"),
    "models.lines": ("评分卡全文", "The card in full"),
    "models.lines.note": (
        "基础分 {base} 加上每个特征的分即为总分，分数越高越安全。横条向右加分，向左减分；比例右侧为 95% 区间。",
        (
            "The base of {base} and the points of every characteristic are the score; more is safer. Bars to the "
            "right add, to the left take away; the share with the outcome has its 95 % interval."
        ),
    ),
    "models.segment": ("客群", "Segment"),
    "models.segment.when": ("条件", "Condition"),
    "models.everybody": ("所有其他企业", "Everybody else"),
    "models.bin": ("取值", "Values"),
    "models.points": ("分", "Points"),
    "models.share": ("占比", "Share"),
    "models.bad": ("该结果比例", "With the outcome"),
    "models.silent": ("不计分的特征：", "Characteristics that give no points: "),
    "models.moves.rising": ("风险随数值上升", "risk rises with the value"),
    "models.moves.falling": ("风险随数值下降", "risk falls as the value rises"),
    "models.moves.auto": ("方向由数据定", "direction taken from the data"),
    "models.moves.none": ("方向不限", "any direction"),
    "models.problems": ("值得说明", "Worth saying"),
    "bin.every": ("所有取值", "Any value"),
    "bin.missing": ("未知", "Not known"),
    "bin.other": ("其他", "Other"),
    "bin.from": ("{low} 及以上", "{low} and over"),
    "bin.whole.to": ("{high} 及以下", "up to {high}"),
    "bin.exact.to": ("不足 {high}", "under {high}"),
    "bin.whole.between": ("{low} – {high}", "{low} – {high}"),
    "bin.exact.between": ("{low} 至不足 {high}", "{low} to under {high}"),
    "credit.open": ("信用评分", "Credit points"),
    "credit.lead": (
        "分数只是一种意见，不能单独作为拒绝的理由。谁看过都有记录。",
        "Points are an opinion and no ground of a refusal alone. Every read is recorded.",
    ),
    "credit.none": ("本地区没有信用评分卡，因此没有任何分数。", "This region has no credit card: there are no points."),
    "credit.none.firm": ("这次运行没有读出本企业的信用分。", "The run has no credit points of this firm."),
    "credit.not_at_risk": (
        "这张卡所问的事不适用于本企业（例如已经违约或已不再经营）：分数超出了卡的适用范围，不可使用。",
        (
            "The card's question is not about this firm (it is in default already, or out of business): the points "
            "lie beyond what the card was fitted on and are not to be used."
        ),
    ),
    "credit.risk_unknown": (
        "尚不能确定这张卡所问的事是否适用于本企业。",
        "It is not known whether the card's question is about this firm.",
    ),
    "credit.points": ("分数", "Points"),
    "credit.interval": ("补齐未知后在 {low} 至 {high} 之间", "between {low} and {high} once all is known"),
    "credit.known": ("全部已知", "everything is known"),
    "credit.likely": (
        "每 {many} 家这样的企业中，预计有 {few} 家：{outcome}",
        "{few} of {many} such firms are expected to come to this: {outcome}",
    ),
    "credit.likely.bp": ("每万家 {bp} 家", "{bp} in 10,000"),
    "credit.likely.range": (
        "按分数区间，每万家 {low} 至 {high} 家",
        "over the interval of points {low} to {high} in 10,000",
    ),
    "credit.coverage": ("已知的比重", "How much is known"),
    "credit.coverage.note": ("按各特征可能影响的分数计", "by the points that each fact can move"),
    "credit.segment": ("按哪一类企业评分", "Read as"),
    "credit.on": ("数据截至", "Data as of"),
    "credit.card": ("评分卡", "Card"),
    "credit.card.said": ("{name}，{on} 拟合", "{name}, fitted {on}"),
    "credit.reasons": ("主要扣分原因", "What costs most"),
    "credit.reasons.note": (
        "从本类企业的最高分 {best} 中扣去各项，正好剩下 {points}。",
        "From the best of its segment, {best}, these take away: exactly {points} are left.",
    ),
    "credit.best": ("本类最高分", "Best of its segment"),
    "credit.rest": ("其余各项合计", "All others together"),
    "credit.total": ("分数", "Points"),
    "credit.no_reason": ("没有扣分项。", "Nothing costs points."),
    "credit.all": ("逐项列出", "Line by line"),
    "credit.base": ("基础分", "Base"),
    "credit.base.hidden": (
        "基础分，以及涉及其他企业、不能单列的 {count} 项",
        "Base, and {count} that tell of other firms and are not shown singly",
    ),
    "credit.fact": ("事实", "Fact"),
    "credit.value": ("本企业", "This firm"),
    "credit.cost": ("扣分", "Costs"),
    "credit.unknown": ("不知道的", "What is not known"),
    "credit.unknown.note": (
        "未知不当作零，也不当作最坏；补上证据后可能变动的分数如下。",
        "The unknown is neither zero nor the worst; with evidence the points could move by this much.",
    ),
    "credit.unknown.none": ("评分所需的事实都已知道。", "Every fact that the card reads is known."),
    "credit.raises": ("怎样能改变", "What would change it"),
    "credit.raises.note": (
        "卡只说相似的过去，不说原因：改变一项事实会改变分数，未必改变结果。",
        (
            "The card tells of a similar past and not of causes: changing a fact changes the points and not surely "
            "the outcome."
        ),
    ),
    "credit.raises.none": (
        "没有企业自己能立即改变、又能提高分数的事实；补齐未知事实是唯一的办法。",
        (
            "No fact that the firm could change itself would bring points; evidence for what is not known is the "
            "only way."
        ),
    ),
    "credit.better": ("到“{values}”", "to {values}"),
    "credit.gain": ("+{gain} 分", "+{gain} points"),
    "credit.rights": ("您的权利", "Your rights"),
    "credit.object": (
        "对任何一项事实有异议，可在档案中提出：数据当即标记，20 日内答复。",
        "You may object to any fact in your record: it is marked at once and answered within 20 days.",
    ),
    "credit.object.open": ("到档案提出异议", "Object in your record"),
    "credit.object.other": (
        "企业可在其档案中对任何一项事实提出异议；不得仅凭分数拒绝，并须由人复核。",
        "The firm may object to any fact in its record. No refusal by points alone; a person has to look again.",
    ),
    "reads.what.credit": ("信用评分", "Credit points"),
}

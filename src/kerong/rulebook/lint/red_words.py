"""Words by which a clause may favour some over others, and what a reviewer of fair competition asks about each kind.

The kinds follow the Regulation on Fair Competition Review (State Council Decree 783, in force from 2024-08-01), whose
articles 8 to 11 name what a policy may not do to entry, to the free flow of goods, to costs and to conduct, and article
12 what may be excused; WTO and EU rules on subsidies ask the same of local content and of aid to chosen firms.
"""

import re
from dataclasses import dataclass

from kerong.rulebook.content import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of red flag: its words in each language, what it is called, and the question that it raises."""

    name: str
    title: Text
    ask: Text
    zh: re.Pattern[str]
    en: re.Pattern[str]


def _kind(name: str, title: Text, ask: Text, zh: tuple[str, ...], en: tuple[str, ...]) -> Kind:
    return Kind(name, title, ask, re.compile("|".join(zh)), re.compile("|".join(en), re.IGNORECASE))


HERE = "(本|我|全)[市区县省]"
WHO = "(机构|银行|企业|公司|供应商|品牌|服务商|园区|基金)"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "named",
            Text("指定特定机构、企业或品牌", "a named institution, firm or brand"),
            Text(
                "能否改为所有合格者都可参加的公开条件？",
                "could open conditions, for all who qualify, replace the name?",
            ),
            (
                rf"(?<![不未得])指定的?(?!日|时|期|地点|网站)\S{{0,6}}{WHO}",
                "唯一(供应商|合作)",
                r"仅限\S{0,8}(银行|品牌)",
            ),
            (
                r"\b(designated|appointed|exclusive|sole) (bank|institution|supplier|provider|firm|brand)s?\b",
                r"\bonly (through|from|with) (one|a single) (bank|supplier|provider)\b",
            ),
        ),
        _kind(
            "registration",
            Text("以注册地为条件", "place of registration as a condition"),
            Text(
                "这是财政支出范围所必需，还是排斥外地经营者？",
                "is it the reach of the budget, or a bar to firms from elsewhere?",
            ),
            (
                rf"(注册地|工商注册|工商登记|税务登记|登记注册|住所)\S{{0,6}}{HERE}",
                rf"在{HERE}\S{{0,6}}(注册|登记|备案|设立)",
                r"本地(注册|登记|企业)",
            ),
            (
                r"\b(registered|incorporated|headquartered) in (the|this|our) (city|county|district|province|state)\b",
                r"\blocally (registered|incorporated|based)\b",
            ),
        ),
        _kind(
            "list_only",
            Text("仅凭名单入围", "access by a list alone"),
            Text(
                "名单按什么公开标准产生？合格而未列入者如何申请？",
                "by which public standard is the list made, and who may join it?",
            ),
            (r"(仅限|只限|限于|须为|须列入)\S{0,12}(名单|名录|目录)[内中]?的?",),
            (r"\b(only|exclusively)\b.{0,40}\b(white ?list|listed firms|list of (approved|selected))\b",),
        ),
        _kind(
            "tax",
            Text("奖补与税收贡献挂钩", "money tied to tax paid"),
            Text(
                "是否变相返还税收？有何法律或国务院依据？", "is it a refund of tax by another name, and by which law?"
            ),
            (
                r"税收?返还|即征即奖|先征后返",
                r"(地方|区级|市级|县级)(财政|财力)?(留成|贡献|留存)",
                r"(税收|纳税|财政|财力|经济)贡献",
                r"(缴纳|入库|实缴)\S{0,10}税\S{0,12}(返还|奖励|补贴|补助|给予)",
            ),
            (
                r"\b(refund|rebate|return|share)s? of (the )?(\w+ )?tax(es)?\b",
                r"\btax (refund|rebate|contribution)s?\b",
                r"\btax(es)? (actually )?paid (locally|here|in the)\b",
            ),
        ),
        _kind(
            "local",
            Text("限定本地产品、服务或采购", "local products, services or purchases"),
            Text("去掉“本地”二字，目的是否仍能达到？", "is the aim still met without the word local?"),
            (
                r"本(地|市|区|县|省)的?(产品|采购|配套|供应商|服务商|生产|制造)",
                r"(采购|购买|使用)本(地|市|区|县|省)",
                "本地化率|就地采购",
            ),
            (r"\blocal(ly)?[- ](made|produced|sourced|content|products?|suppliers?|purchas\w+)\b", r"\bbuy local\b"),
        ),
        _kind(
            "settlement",
            Text("奖励迁入、落户或限制迁出", "a reward for moving in, or a bar to moving out"),
            Text(
                "是否以奖补吸引迁入或限制迁出，妨碍要素自由流动？",
                "does the money draw firms away from, or hold them back from, other places?",
            ),
            (
                r"落户|迁入|迁至|引进\S{0,6}总部",
                r"不得?(迁离|迁出|外迁|搬离)",
                r"年内不\S{0,4}(迁|搬)",
                r"承诺\S{0,10}(迁|不搬)",
            ),
            (
                r"\brelocat\w+\b",
                r"\bsettl(e|es|ed|ing) (here|(in|into) (the|this|our) (city|county|district|province|state|zone))\b",
                r"\b(not|never) (to )?(move|leave) (away|out|the)\b",
                r"\bmov(e|es|ing) (its|their) (seat|headquarters)\b",
            ),
        ),
        _kind(
            "reinvestment",
            Text("以本地再投资、扩产为条件", "reinvestment here as a condition"),
            Text("投资在别处是否就失去资格？", "would the same investment elsewhere lose the claim?"),
            (
                r"(利润|收益|奖励|资金)\S{0,6}再投资",
                rf"(本地|{HERE})\S{{0,6}}(再投资|投资不低于|追加投资|增资)",
                "返投",
            ),
            (
                r"\breinvest\w*\b.{0,40}\b(here|local(ly)?|in the (city|district|county|state))\b",
                r"\blocal reinvestment\b",
            ),
        ),
        _kind(
            "clearing",
            Text("以在本地结算、开户、纳统为条件", "accounts settled or counted here as a condition"),
            Text("在别处结算是否影响政策目的？", "what would be lost if accounts were settled elsewhere?"),
            (rf"(本地|区内|市内|{HERE})\S{{0,8}}(结算|开户|纳统|入统)", r"结算(中心|量|额)\S{0,6}[奖补]"),
            (
                r"\b(settlement|clearing) (cent(er|re)|volume|turnover)s?\b",
                r"\baccounts? (opened|settled) (locally|here|in the)\b",
            ),
        ),
    )
}


def said_in(text: str, lang: str) -> list[tuple[Kind, str]]:
    """The kinds whose words stand in a text, with the words."""
    found = [(kind, (kind.zh if lang == "zh" else kind.en).search(text)) for kind in KINDS.values()]
    return [(kind, hit[0]) for kind, hit in found if hit is not None]

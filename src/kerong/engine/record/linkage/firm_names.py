"""A Chinese firm's name in its four parts, as the rules on enterprise names order them: place, core, trade,
legal form.

苏州瑞图软件科技有限公司 is 苏州 / 瑞图 / 软件科技 / 有限公司; the place may stand in brackets,
瑞图（苏州）软件. What is not
Chinese has no parts: its core is the key of the whole name. Parts are for comparing only: nothing is decided by them.
Source of the order: 企业名称登记管理规定 (State Council, 2020), article 6.
"""

from functools import cache

import numpy as np
import polars as pl

from kerong.engine.record.linkage.places import COUNTY_CITIES, PREFECTURES, PROVINCES
from kerong.engine.record.linkage.tokens import Ints, Shorts, hash_of, name_spans
from kerong.engine.record.names import keys
from kerong.engine.record.traditional import simplified

PARTS = ("place", "core", "trade", "form")
_FORMS = """
股份有限公司 股份有限责任公司 有限责任公司 有限公司 股份公司 责任公司 公司 集团 控股 集团有限公司
集团股份有限公司 普通合伙企业 有限合伙企业 合伙企业 个人独资企业 专业合作社 合作社 经营部 工作室
事务所 合伙企业有限合伙 合伙企业普通合伙 合伙企业特殊普通合伙 有限合伙 普通合伙 特殊普通合伙
""".split()  # noqa: SIM905 - a list of words is read as words
_STATUS = "省 市 壮族自治区 回族自治区 维吾尔自治区 自治区 自治州 地区".split()  # noqa: SIM905
# words of trade that end the middle of a name; longer ones first, so that 新材料 is no 材料 after a core in 新
_TRADES = """
高新技术 数字技术 信息技术 网络技术 生物技术 环保技术 智能制造 智能装备 信息科技 网络科技 智能科技
生物科技 电子科技 数字科技 医疗科技 新能源 新材料 集成电路 半导体 微电子 光电子 机器人 自动化 物联网
互联网 大数据 云计算 人工智能 系统集成 电子商务 医疗器械 生物医药 医药 制药 药业 生物 医疗 医学 健康
基因 诊断 器械 仪器 仪表 设备 装备 机械 机电 电气 电器 电子 电力 电源 电池 电缆 电机 能源 光伏 光电
光学 激光 通信 通讯 网络 信息 软件 数据 数码 数字 智能 智慧 系统 安全 传感 芯片 材料 化工 化学 化纤
塑料 塑胶 橡胶 金属 钢铁 钢构 冶金 有色 五金 模具 精密 制造 工业 科技 技术 科学 研究 研发 开发 工程
建设 建筑 建材 装饰 设计 规划 环保 环境 节能 水务 水利 汽车 车辆 航空 航天 船舶 交通 运输 物流
供应链 仓储 快递 贸易 商贸 进出口 国际贸易 外贸 实业 产业 发展 投资 资本 基金 资产 管理 咨询 服务
顾问 信息咨询 企业管理 人力资源 教育 培训 文化 传媒 传播 广告 影视 动漫 游戏 娱乐 旅游 酒店 餐饮
食品 饮料 乳业 酒业 农业 农牧 牧业 种业 林业 渔业 粮油 饲料 生态 园林 纺织 服装 服饰 家具 家居 包装
印刷 造纸 纸业 玩具 工艺品 珠宝 日化 化妆品 房地产 置业 物业 租赁 担保 保险 金融 支付 典当 小额贷款
融资租赁 矿业 石油 石化 燃气 热力 创业 孵化器 众创空间 知识产权 检测 检验 认证 监理 测绘 勘察 勘测
""".split()  # noqa: SIM905 - a list of words is read as words
TRADES = frozenset(_TRADES)
ROLES = ("集团", "控股")  # words of a legal form that part a group's head from its members
_NOT_CHINESE = r"^[^\p{Han}]*\p{Han}?[^\p{Han}]*$"


def name_parts(names: pl.Series) -> pl.DataFrame:
    """Columns PARTS of firms' names, as texts; null where a name has no such part, and where it is unknown.

    A core is never empty: a name of which nothing would be left keeps what stands before its legal form.
    """
    text = simplified(names.str.normalize("NFKC")).str.to_uppercase().str.replace_all(r"\s+", "")
    other = names.str.contains(_NOT_CHINESE).fill_null(value=True)
    own = text.filter(~other)
    chars, start = points(own)
    bare, begin, spans = name_spans(chars, start, *map(numbers, ("places", "status", "trades", "forms")))
    origin = np.stack([begin[:-1]] * 4 + [start[:-1]] * 2, axis=1)
    at = pl.DataFrame(np.where(spans > 0, spans - origin, 0), schema=[f"#{n}" for n in range(6)])
    pieces = [
        _between("#bare", None, "#0").alias("place"),
        _between("#bare", "#1", "#2").alias("core"),
        _between("#bare", "#2", "#3").alias("trade"),
        _between("#bare", "#3", None).alias("form"),
        _between("#own", "#4", "#5").alias("bracket"),
    ]
    table = at.with_columns(own.alias("#own"), _bare(own, bare, begin).alias("#bare")).select(pieces)
    place = pl.when(pl.col("place") == "").then("bracket").otherwise("place")
    table = table.select(
        place.str.replace_all("|".join(_STATUS[2:]) + "|[省市]", "").alias("place"),
        pl.col("core").str.replace_all(r"[^\p{L}\p{M}\p{N}]+", ""),
        "trade",
        "form",
    )
    row = pl.DataFrame({"row": np.flatnonzero(~other.to_numpy())}).hstack(table)
    latin = pl.DataFrame({"row": np.flatnonzero(other.to_numpy()), "core": keys(names.filter(other))})
    joined = pl.concat([row, latin], how="diagonal").sort("row").select(PARTS)
    return joined.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in PARTS)


def _between(column: str, first: str | None, last: str | None) -> pl.Expr:
    begin = pl.lit(0, dtype=pl.Int64) if first is None else pl.col(first)
    return pl.col(column).str.slice(begin, None if last is None else pl.col(last) - begin)


def _bare(own: pl.Series, bare: Shorts, begin: Ints) -> pl.Series:
    """Names without their brackets; most have none."""
    bracketed = own.str.contains_any(["(", ")"]).arg_true()
    if not len(bracketed):
        return own
    some = bracketed.to_numpy()
    spans = zip(begin[some].tolist(), begin[some + 1].tolist(), strict=True)
    return own.scatter(bracketed, [texts(bare[first:last]) for first, last in spans])


def points(values: pl.Series) -> tuple[Shorts, Ints]:
    """The code points of all texts one after another, and where each begins; the last entry is the end."""
    whole = "".join(values.to_list()).encode("utf-32-le", "surrogatepass")
    lengths = values.str.len_chars().to_numpy().astype(np.int64)
    return np.frombuffer(whole, dtype=np.int32), np.concatenate([np.zeros(1, np.int64), lengths]).cumsum()


def texts(chars: Shorts) -> str:
    """Code points as one text."""
    return chars.astype("<i4").tobytes().decode("utf-32-le", "surrogatepass")


@cache
def numbers(kind: str) -> Ints:
    """The words of a kind as sorted numbers."""
    places = {"中国", *PROVINCES, *PREFECTURES, *COUNTY_CITIES}
    words = {"places": places, "status": _STATUS, "trades": _TRADES, "forms": _FORMS}[kind]
    codes = [np.array([ord(char) for char in word], np.int32) for word in sorted(set(words))]
    return np.sort(np.array([hash_of(word, 0, len(word)) for word in codes], np.int64))

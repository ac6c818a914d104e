"""A Chinese firm's name in its four parts, as the rules on enterprise names order them: place, core (字号), trade, legal form.

苏州瑞图软件科技有限公司 is 苏州 / 瑞图 / 软件科技 / 有限公司; the place may stand in brackets, 瑞图（苏州）软件. What is not Chinese has
no parts: its core is the key of the whole name. Parts are for comparing only: nothing is decided by them alone.
Source of the order: 企业名称登记管理规定 (State Council, 2020), article 6.
"""

import polars as pl

from kerong.engine.record.linkage.places import COUNTY_CITIES, PREFECTURES, PROVINCES
from kerong.engine.record.names import normalised

_FORMS = (
    *("股份有限公司", "有限责任公司", "有限公司", "股份公司", "责任公司", "公司", "集团", "控股"),
    *("普通合伙企业", "有限合伙企业", "合伙企业", "个人独资企业", "专业合作社", "合作社", "经营部", "工作室", "事务所"),
    *(r"\(有限合伙\)", r"\(普通合伙\)", r"\(特殊普通合伙\)", r"\(集团\)", r"\(控股\)", r"\(有限\)"),
)
# words of trade that end the middle of a name; longer ones first, so that 新材料 is no 材料 after a core in 新
_TRADES = """
高新技术 数字技术 信息技术 网络技术 生物技术 环保技术 智能制造 智能装备 信息科技 网络科技 智能科技 生物科技 电子科技 数字科技 医疗科技 新能源
新材料 集成电路 半导体 微电子 光电子 机器人 自动化 物联网 互联网 大数据 云计算 人工智能 系统集成 电子商务 医疗器械 生物医药 医药 制药 药业
生物 医疗 医学 健康 基因 诊断 器械 仪器 仪表 设备 装备 机械 机电 电气 电器 电子 电力 电源 电池 电缆 电机 能源 光伏 光电 光学 激光 通信 通讯
网络 信息 软件 数据 数码 数字 智能 智慧 系统 安全 传感 芯片 材料 化工 化学 化纤 塑料 塑胶 橡胶 金属 钢铁 钢构 冶金 有色 五金 模具 精密 制造
工业 科技 技术 科学 研究 研发 开发 工程 建设 建筑 建材 装饰 设计 规划 环保 环境 节能 水务 水利 汽车 车辆 航空 航天 船舶 交通 运输 物流 供应链
仓储 快递 贸易 商贸 进出口 国际贸易 外贸 实业 产业 发展 投资 资本 基金 资产 管理 咨询 服务 顾问 信息咨询 企业管理 人力资源 教育 培训 文化 传媒
传播 广告 影视 动漫 游戏 娱乐 旅游 酒店 餐饮 食品 饮料 乳业 酒业 农业 农牧 牧业 种业 林业 渔业 粮油 饲料 生态 园林 纺织 服装 服饰 家具 家居
包装 印刷 造纸 纸业 玩具 工艺品 珠宝 日化 化妆品 房地产 置业 物业 租赁 担保 保险 金融 支付 典当 小额贷款 融资租赁 矿业 石油 石化 燃气 热力 
创业 孵化器 众创空间 知识产权 检测 检验 认证 监理 测绘 勘察 勘测
""".split()
_PLACES = sorted({*PROVINCES, *PREFECTURES, *COUNTY_CITIES}, key=lambda name: (-len(name), name))

_NAME = rf"(?:{'|'.join(_PLACES)})"
_PLACE = rf"(?:{_NAME}(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|地区)?)+"
_INNER = r"(?:[\p{Han}]{2,3}(?:新区|区|县))?"
_FORM_END = rf"(?:{'|'.join(sorted(_FORMS, key=lambda form: (-len(form), form)))})+$"
_TRADE_END = rf"^(.{{2,}}?)((?:{'|'.join(sorted(set(_TRADES), key=lambda word: (-len(word), word)))})+)$"
_BRACKETED = rf"\(({_PLACE})\)"
_LEADING = rf"^({_PLACE}){_INNER}"
_STATUS = r"省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|地区"
_ENOUGH_HAN = r"\p{Han}.*\p{Han}"
PARTS = ("place", "core", "trade", "form")


def name_part(name: pl.Expr, part: str) -> pl.Expr:
    """One of PARTS of a firm's name, as text; null where the name has none.

    A core is never empty: a name of which nothing would be left keeps what stands before the legal form.
    """
    folded = name.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"\s*([\p{Han}()])\s*", "$1")
    is_chinese = folded.str.contains(_ENOUGH_HAN)
    form = folded.str.extract(f"({_FORM_END})")
    bare = folded.str.replace(_FORM_END, "")
    bracketed = bare.str.extract(_BRACKETED)
    inner = bare.str.replace(_BRACKETED, "").str.replace_all(r"[()]", "")
    leading = inner.str.extract(_LEADING)
    middle = inner.str.replace(_LEADING, "")
    middle = pl.when(middle.str.len_chars() >= 2).then(middle).otherwise(inner)  # 上海有限公司 has a place for its core
    match part:
        case "form":
            found = form
        case "place":
            found = pl.coalesce(leading, bracketed).str.replace_all(_STATUS, "")
        case "trade":
            found = middle.str.extract(_TRADE_END, 2)
        case "core":
            short = middle.str.replace(_TRADE_END, "$1")
            return pl.when(is_chinese & (short != "")).then(normalised(short)).otherwise(normalised(name))
        case _:
            raise ValueError(f"a name has no part {part!r}; it has {', '.join(PARTS)}")
    return pl.when(is_chinese & (found != "")).then(found)

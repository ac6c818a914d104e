"""Trades of a technology city: industry class, the words that name its firms, and how such firms live.

Classes are those of GB/T 4754-2017; every other number is an assumption of the synthetic city.
"""

from dataclasses import dataclass

import numpy as np

from kerong.lab.window import Floats


@dataclass(frozen=True, slots=True)
class Trade:
    """`share` of firms, revenue per head in thousand yuan, gross margin, R&D to revenue, months before first sales."""

    industry: str
    words: tuple[str, ...]
    share: float
    revenue_per_head: float
    margin: float
    rd_intensity: float
    silent_months: float


def _trade(industry: str, words: str, share: float, per_head: float, margin: float, rd: float, silent: float) -> Trade:
    return Trade(industry, tuple(words.split()), share, per_head, margin, rd, silent)


TRADES = (
    _trade("I6513", "软件 信息技术 数字科技", 12.0, 420, 0.52, 0.13, 5),
    _trade("I6511", "基础软件 数据库", 1.2, 450, 0.60, 0.22, 12),
    _trade("I6512", "云计算 平台软件", 1.8, 460, 0.55, 0.18, 8),
    _trade("I6520", "集成电路设计 微电子 芯片技术", 3.2, 780, 0.40, 0.26, 16),
    _trade("I6531", "系统集成 智慧科技", 4.5, 620, 0.28, 0.06, 3),
    _trade("I6532", "物联网 智联", 3.0, 480, 0.36, 0.11, 5),
    _trade("I6550", "大数据 数据服务", 2.4, 430, 0.44, 0.12, 6),
    _trade("I6440", "网络安全 信息安全", 1.2, 470, 0.55, 0.18, 7),
    _trade("I6572", "数字创意 动漫科技", 1.4, 350, 0.42, 0.09, 6),
    _trade("M7310", "科学研究 量子技术", 1.2, 300, 0.40, 0.35, 16),
    _trade("M7320", "工程技术 技术研究", 6.0, 380, 0.38, 0.16, 5),
    _trade("M7330", "农业科技 种业研究", 1.0, 280, 0.34, 0.14, 8),
    _trade("M7340", "医学研究 生物技术", 3.4, 330, 0.45, 0.38, 24),
    _trade("M7452", "检测技术 检验检测", 2.0, 360, 0.42, 0.07, 4),
    _trade("M7491", "工业设计 设计科技", 1.6, 330, 0.45, 0.07, 3),
    _trade("M7516", "环保技术 环境科技", 1.6, 450, 0.30, 0.06, 4),
    _trade("C3973", "半导体 集成电路", 1.4, 900, 0.30, 0.18, 20),
    _trade("C3972", "功率器件 电子器件", 1.2, 760, 0.28, 0.11, 12),
    _trade("C3976", "光电 光子技术", 2.0, 720, 0.31, 0.10, 10),
    _trade("C3985", "电子材料 新材料", 1.6, 850, 0.27, 0.08, 10),
    _trade("C3921", "通信设备 通信技术", 1.6, 760, 0.30, 0.11, 8),
    _trade("C3562", "半导体装备 精密装备", 1.3, 820, 0.36, 0.17, 14),
    _trade("C3569", "电子装备 自动化设备", 1.6, 640, 0.31, 0.08, 6),
    _trade("C3491", "机器人 智能装备", 2.4, 600, 0.32, 0.12, 9),
    _trade("C3963", "无人机 航空科技", 0.8, 560, 0.33, 0.14, 10),
    _trade("C3841", "新能源 储能科技", 1.4, 1100, 0.20, 0.07, 10),
    _trade("C3825", "光伏 太阳能科技", 1.0, 1200, 0.18, 0.05, 8),
    _trade("C3824", "电力电子 电气", 1.6, 680, 0.27, 0.07, 6),
    _trade("C3670", "汽车零部件 汽车技术", 3.2, 700, 0.21, 0.05, 5),
    _trade("C2761", "生物医药 生物制药", 1.6, 620, 0.62, 0.30, 28),
    _trade("C2720", "制药 药业", 1.0, 780, 0.58, 0.14, 16),
    _trade("C3581", "医疗器械 医疗科技", 3.0, 560, 0.54, 0.14, 14),
    _trade("C4011", "自动化 智能控制", 2.6, 540, 0.35, 0.09, 5),
    _trade("C4014", "分析仪器 精密仪器", 1.4, 520, 0.44, 0.12, 8),
    _trade("C2651", "高分子材料 化工新材料", 1.4, 1300, 0.20, 0.05, 6),
    _trade("C3091", "碳材料 石墨烯科技", 0.8, 640, 0.30, 0.11, 12),
    _trade("C3240", "金属材料 合金材料", 1.4, 1250, 0.15, 0.04, 4),
    _trade("C3463", "净化设备 流体科技", 1.4, 600, 0.29, 0.06, 4),
    _trade("C3591", "环保设备 环境装备", 1.4, 620, 0.27, 0.05, 4),
    _trade("C1491", "营养健康 食品科技", 1.0, 700, 0.34, 0.03, 5),
    _trade("D4416", "新能源电力 能源科技", 0.8, 1500, 0.25, 0.03, 8),
    _trade("F5179", "机电设备 工业品科技", 3.0, 1800, 0.12, 0.01, 2),
    _trade("N7721", "水务科技 水处理", 1.0, 560, 0.27, 0.04, 4),
    _trade("A0511", "种业 农业生物", 1.0, 420, 0.28, 0.06, 8),
)


def traits(name: str) -> Floats:
    """One number of every trade, in the order of TRADES."""
    return np.array([getattr(trade, name) for trade in TRADES], dtype=np.float64)


def draw_trades(rng: np.random.Generator, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Positions in TRADES, by their shares."""
    share = traits("share")
    return rng.choice(len(TRADES), size=count, p=share / share.sum())

"""Words of the channels by which banks and treasuries call back, and of what is refused there."""

CHANNELS = {
    "channels.title": ("银行、国库回调通道", "Channels of banks and treasuries"),
    "channels.lead": (
        "每家付款银行或国库一条通道，只能就一级政府的支付指令回报结果。密钥只显示一次；重新开通即换新密钥，旧密钥作废。",
        "One for each bank or treasury and level of government. Its key is shown once; a new one ends the old.",
    ),
    "channels.open": ("开通或换密钥", "Open, or give a new key"),
    "channels.name": ("通道名（小写字母、数字、- _）", "Name (a-z, 0-9, - and _)"),
    "channels.generation": ("第几把密钥", "Number of the key"),
    "channels.made": (
        "通道密钥，请立即抄存，离开本页后不再显示：",
        "The channel's key; copy it now, it is never shown again:",
    ),
    "channels.none": ("还没有通道。", "There are no channels."),
    "channels.no_budget": ("还没有预算，先由财政开设预算。", "There is no budget yet: an official opens one first."),
    "channels.refused.name": (
        "通道名只能用小写字母、数字、连字符和下划线，最多60个字符。",
        "A channel's name has small letters, digits, - and _, at most 60 of them.",
    ),
    "channels.refused.level": ("该级政府没有预算。", "That level of government has no budget."),
    "channels.refused.bound": (
        "该通道已绑定另一地区或另一级政府，请另起名称。",
        "The channel is bound to another region or level: choose another name.",
    ),
    "callback.refused.body": ("回调内容不合规定。", "The call does not say what it must."),
    "callback.refused.forged": ("签名不符，不予受理。", "The signature does not fit: refused."),
    "callback.refused.stale": (
        "回调时间与现在相差过大，视为重放。",
        "The call is not of these minutes: taken for a replay.",
    ),
    "callback.refused.tenant": ("该通道不得为其他地区回调。", "This channel may not speak for another region."),
    "return.why.level": (
        "该指令由另一级政府的银行或国库办理。",
        "The instruction is for the bank or treasury of another level.",
    ),
}

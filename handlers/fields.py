"""The field a member of staff means by a word of his own: 供水 is 水电气暖."""

from collections.abc import Iterator

from storage.models import Field

_WORDS = {
    Field.UTILITIES: "水 电 气 暖 供水 供电 供气 供暖 停水 停电 自来水 暖气 热力 燃气 煤气 水电",
    Field.ROADS: "路 道路 市政 路灯 路面 修路 下水道 井盖 排水 管网",
    Field.SANITATION: "卫生 环卫 保洁 垃圾 厕所 清扫 积雪",
    Field.POLLUTION: "环保 污染 噪音 噪声 油烟 扬尘 臭味 排污",
    Field.HOUSING: "住房 物业 房屋 小区 电梯 楼道 漏雨 拆迁",
    Field.TRAFFIC: "交通 出行 公交 停车 班车 红绿灯",
    Field.SAFETY: "安全 治安 消防 火灾 狗",
    Field.WELFARE: "救助 低保 民政 困难 残疾 养老院",
    Field.LABOUR: "劳动 社保 医保 工资 欠薪 就业 养老金",
    Field.HEALTH: "医疗 医院 卫生院 看病 疫苗 诊所",
    Field.EDUCATION: "教育 学校 上学 幼儿园 文体 文化 体育",
    Field.FARMING: "农业 农村 浇水 灌溉 庄稼 耕地 土地 机井",
    Field.CONSUMER: "市场 消费 价格 物价 食品 退货 商户",
    Field.CONFLICT: "矛盾 纠纷 邻里 调解 吵架",
    Field.PARTY: "党务 政务 党员 党建 办证 证明 作风",
    Field.OTHER: "其它 别的",
}
_FIELDS = {word: field for field, words in _WORDS.items() for word in words.split()}
LEAST_PART = 2


def field_named(said: str) -> Field | None:
    """The field that is meant; None where it may be several, or none."""
    said = said.strip(" 。.!！,，、类")
    if not said:
        return None
    if said in _FIELDS:
        return _FIELDS[said]
    meant = set(_by_name(said)) or set(_by_word(said))
    return meant.pop() if len(meant) == 1 else None


def _by_name(said: str) -> Iterator[Field]:
    if len(said) >= LEAST_PART:
        yield from (field for field in Field if said in field.value or field.value in said)


def _by_word(said: str) -> Iterator[Field]:
    for word, field in _FIELDS.items():
        if len(word) >= LEAST_PART and (word in said or (len(said) >= LEAST_PART and said in word)):
            yield field


def gist_of_field(field: Field) -> str:
    """What a matter is called of which no more can be said."""
    return "一件事" if field is Field.OTHER else f"{field.value}的事"


_BARE_GISTS = frozenset(gist_of_field(field) for field in Field)


def is_bare(gist: str) -> bool:
    """Whether a gist tells the field and no more."""
    return gist in _BARE_GISTS

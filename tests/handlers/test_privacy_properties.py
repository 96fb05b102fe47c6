"""What holds of every text whatever: nothing raises, twice is once, all can be encoded."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.privacy import clean, fold, is_private_data, mask, mask_name, mask_names

SIGNS = (
    "0123456789一二三四五六七八九零〇幺两壹"
    "０１３８①③⑧⑫➊١٣٨oOlIxX×  --.·—、,,/()\n\u200b\u200d\u202e"
    "甘F微信vxQq号电话卡账户王建国老公@艾特com点*…😀👨\ufe0f\u20e3\u0301\ud800\udc00\x00\uffff"
)
PIECES = st.sampled_from(
    (
        "139", "1391234", "13912345678", "+86", "0086", "0937", "5921468", "620902", "19870605",
        "123X", "6222", "0212", "3456", "7890", "甘F·", "微信号", "zhang_88", "QQ", "a@b.com",
        "电话", "卡号", " ", "-", "*", "****", "一三九", "①③⑨", "12", "号", "、", "\u200b",
        "我是", "王建国", "大爷", "买买提", "·艾力", "打", "跟",
    )
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters()),
    st.text(st.sampled_from(SIGNS), max_size=60),
    st.lists(PIECES, max_size=14).map("".join),
)
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ZERO_WIDTH = set("\u200b\u200c\u2060\ufeff\u00ad")


def is_forbidden(character: str) -> bool:
    code = ord(character)
    return (
        (unicodedata.category(character) in {"Cc", "Cs"} and character != "\n")
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
        or character in BIDI | ZERO_WIDTH
    )


@settings(deadline=None, max_examples=400)
@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    masked = mask(text)
    assert mask(masked) == masked
    assert not is_private_data(masked)


@settings(deadline=None, max_examples=200)
@given(TEXTS)
def test_masking_only_puts_stars_in_place(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(after in {before, "*"} for before, after in zip(text, masked, strict=True))


@settings(deadline=None, max_examples=400)
@given(TEXTS, st.integers(1, 80))
def test_a_clean_text_is_clean_encodable_and_short_enough(text: str, most: int) -> None:
    cleaned = clean(text, most)
    cleaned.encode("utf-8")
    assert len(cleaned) <= most
    assert not any(map(is_forbidden, cleaned))
    assert clean(cleaned, most) == cleaned


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded


@settings(deadline=None, max_examples=200)
@given(TEXTS)
@example("·艾㐀㐀爷·㐀")
def test_names_are_masked_in_place_and_once(text: str) -> None:
    for masked in (mask_name(text), mask_names(text, names=("建国", "老公"))):
        assert len(masked) == len(text)
    assert mask_name(mask_name(text)) == mask_name(text)
    assert mask_names(mask_names(text)) == mask_names(text)

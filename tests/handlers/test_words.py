"""Words as the search keeps and finds them."""

import pytest

from handlers.words import search_words


@pytest.mark.parametrize(
    ("said", "sought"),
    [
        ("二单元停水了没人管", "停水"),
        ("申请低保补助材料交到哪里", "低保"),
        ("供热管道破裂暖气不热", "暖气"),
        ("物业公司乱收停车费", "停车费"),
        ("河东桥旁边的下水道堵了", "下水道"),
        ("涝坝边上的铁锁坏了", "涝坝"),
    ],
)
def test_a_word_of_a_sentence_is_found(said: str, sought: str) -> None:
    assert set(search_words(sought).split()) <= set(search_words(said).split())


def test_punctuation_is_no_word() -> None:
    assert search_words("停水,没人管!!") == "停水 没人管"

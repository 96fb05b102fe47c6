"""Voice notes without words: who is asked for what, and who is left alone."""

from functools import partial

from handlers.conversing import bare_line
from handlers.dispatch import needs_store
from handlers.intents import Ear, shipped_model
from handlers.messages import Voice
from handlers.talk import Talk
from tests.handlers.town import GROUP, INSTRUCTOR, NEIGHBOUR, RESIDENT, Town, matter, private, to

NOTE = Voice(7, None, "0123456789abcdef0123456789abcdef.silk")


def test_in_private_words_are_asked_for_once(town: Town) -> None:
    told = [town.say(RESIDENT, where=f"private:{RESIDENT}", voice=NOTE) for _ in range(2)]
    assert [row.conversation for row in told[0]] == [f"private:{RESIDENT}"]
    assert "打几个字" in told[0][0].text
    assert told[1] == []


def test_after_a_matter_the_instructor_is_asked_to_listen(town: Town) -> None:
    town.say(RESIDENT, "3号楼停水了", reading=matter())
    told = town.say(RESIDENT, voice=NOTE)
    texts = {row.conversation: row.text for row in told}
    assert "请指导员听" in texts[f"private:{INSTRUCTOR}"]
    assert "打几个字" in texts["group:700108"]


def test_the_note_is_kept_with_the_matter(town: Town) -> None:
    town.say(RESIDENT, "3号楼停水了", reading=matter())
    town.say(RESIDENT, voice=NOTE)
    kept = town.store.tickets.list_messages(town.ticket(1).number)
    assert [message.voice for message in kept] == [None, f"7s {NOTE.file}"]
    assert town.store.erasure.list_images() == {NOTE.file}


def test_the_card_tells_of_a_note_that_came_before_it(town: Town) -> None:
    town.tell(RESIDENT, "3号楼停水了", reading=matter())
    assert to(town.tell(RESIDENT, "", voice=NOTE), private(INSTRUCTOR)) == []
    assert "语音 7 秒" in to(town.wait(seconds=100), private(INSTRUCTOR))[0]


def test_in_private_a_note_belongs_to_the_matter_just_raised(town: Town) -> None:
    ticket = town.open(where=private(RESIDENT))
    told = town.tell(RESIDENT, "", voice=NOTE)
    assert to(told, private(RESIDENT)) == ["语音记在 #1 里了。我听不了，麻烦打几个字。"]
    assert to(told, private(INSTRUCTOR)) == [
        "#1 小何妈妈私下发来语音 7 秒，我听不了，存下了，也请他打几个字。"
    ]
    kept = town.store.tickets.list_messages(ticket.number)
    assert [message.voice for message in kept] == [None, f"7s {NOTE.file}"]


def test_a_note_that_could_not_be_fetched_is_told_as_missing(town: Town) -> None:
    town.open(where=private(RESIDENT))
    told = town.tell(RESIDENT, "", voice=Voice(0, None))
    assert to(told, private(INSTRUCTOR)) == [
        "#1 小何妈妈私下发来语音，我听不了，没取到，也请他打几个字。"
    ]
    assert "记在" not in to(told, private(RESIDENT))[0]
    assert "打几个字" in to(told, private(RESIDENT))[0]


def test_a_note_about_a_sensitive_matter_is_heard_in_private_only(town: Town) -> None:
    town.open("低保", is_sensitive=True)
    assert town.say(RESIDENT, voice=NOTE) == []
    assert "#1" in to(town.tell(RESIDENT, "", voice=NOTE), private(INSTRUCTOR))[0]


def test_who_is_anonymous_is_not_named_for_his_voice(town: Town) -> None:
    town.open(where=private(RESIDENT))
    town.tell(RESIDENT, "匿名")
    told = to(town.tell(RESIDENT, "", voice=NOTE), private(INSTRUCTOR))
    assert [text[:9] for text in told] == ["#1 匿名居民私下"]


def test_more_that_was_spoken_says_so(town: Town) -> None:
    town.open()
    told = town.say(RESIDENT, quote="m1", voice=Voice(7, "三单元也停了"))
    assert to(told, GROUP) == []
    assert to(told, private(INSTRUCTOR)) == ["#1 又补充——小何妈妈：三单元也停了\n语音 7 秒"]


def test_an_old_note_is_told_to_the_instructor_without_a_reply_in_the_group(town: Town) -> None:
    town.say(RESIDENT, "3号楼停水了", reading=matter())
    told = town.say(RESIDENT, voice=NOTE, is_late=True)
    assert [row.conversation for row in told] == [private(INSTRUCTOR)]


def test_a_note_of_somebody_else_is_left_alone(town: Town) -> None:
    town.say(RESIDENT, "3号楼停水了", reading=matter())
    assert town.say(NEIGHBOUR, voice=NOTE) == []


def test_a_note_that_was_turned_into_words_is_read_as_words(town: Town) -> None:
    told = town.say(RESIDENT, where=f"private:{RESIDENT}", voice=Voice(7, "你好"))
    assert all("打几个字" not in row.text for row in told)


def test_a_note_in_a_quiet_group_touches_no_disk(town: Town) -> None:
    incoming = town.incoming(RESIDENT, "", "group:700108", "m1")
    hear = partial(Ear(shipped_model()).hear, bare_line(incoming), Talk())
    assert not needs_store(incoming, hear, Talk(), False)

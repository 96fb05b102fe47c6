"""Voice notes without words: who is asked for what, and who is left alone."""

from handlers.conversing import bare_line
from handlers.dispatch import needs_store
from handlers.intents import Ear, shipped_model
from handlers.messages import Voice
from handlers.talk import Talk
from tests.handlers.town import INSTRUCTOR, NEIGHBOUR, RESIDENT, Town, matter

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
    assert [message.voice for message in kept] == [None, "7s"]


def test_a_note_of_somebody_else_is_left_alone(town: Town) -> None:
    town.say(RESIDENT, "3号楼停水了", reading=matter())
    assert town.say(NEIGHBOUR, voice=NOTE) == []


def test_a_note_that_was_turned_into_words_is_read_as_words(town: Town) -> None:
    told = town.say(RESIDENT, where=f"private:{RESIDENT}", voice=Voice(7, "你好"))
    assert all("打几个字" not in row.text for row in told)


def test_a_note_in_a_quiet_group_touches_no_disk(town: Town) -> None:
    incoming = town.incoming(RESIDENT, "", "group:700108", "m1")
    heard = Ear(shipped_model()).hear(bare_line(incoming), Talk())
    assert not needs_store(incoming, heard, Talk(), False)

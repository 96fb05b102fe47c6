from dataclasses import replace
from datetime import timedelta

import pytest

from bot.window import MOST_CHARACTERS, MOST_CONVERSATIONS, MOST_LINES, Window
from handlers.messages import Incoming, Target, Voice
from storage.models import Act, TicketNumber, UnitId
from tests.peers.platform import BEGIN

GROUP = Target("qq", "group:1")


def said(number: int = 1, text: str = "吃了没", **changed: object) -> Incoming:
    incoming = Incoming(
        platform="qq",
        account="8000",
        conversation="group:1",
        message_id=f"m{number}",
        sender="20001",
        sender_name="老李",
        at=BEGIN + timedelta(seconds=number),
        text=text,
    )
    return replace(incoming, **changed)  # type: ignore[arg-type]


@pytest.fixture
def window() -> Window:
    window = Window()
    window.know({("qq", "30001")}, {GROUP: UnitId("hedong")})
    return window


def hear(window: Window, incoming: Incoming) -> None:
    window.record(incoming, window.line(incoming))


def texts(window: Window, incoming: Incoming) -> list[str]:
    return [line.text for line in window.talk(incoming).before]


def test_a_line_has_what_was_said_before_it(window: Window) -> None:
    hear(window, said(1, "a"))
    hear(window, said(2, "b"))

    assert texts(window, said(3)) == ["a", "b"]


def test_what_a_line_did_is_remembered_with_it(window: Window) -> None:
    incoming = said(1)
    window.record(incoming, window.line(incoming), TicketNumber(12), Act.OPEN)

    (line,) = window.talk(said(2)).before
    assert (line.ticket, line.act) == (12, Act.OPEN)


def test_what_is_half_an_hour_old_is_forgotten(window: Window) -> None:
    hear(window, said(1, "a"))
    hear(window, said(900, "b"))

    assert texts(window, said(1802)) == ["b"]


def test_only_the_last_sixty_lines_are_kept(window: Window) -> None:
    for number in range(200):
        hear(window, said(number, str(number)))

    assert texts(window, said(200)) == [str(number) for number in range(140, 200)]
    assert MOST_LINES == 60


def test_a_long_text_is_kept_in_part(window: Window) -> None:
    hear(window, said(1, "长" * 100_000))

    assert len(texts(window, said(2))[0]) == MOST_CHARACTERS


def test_the_least_used_conversation_goes_first(window: Window) -> None:
    for number in range(MOST_CONVERSATIONS + 1):
        hear(window, said(1, conversation=f"group:{number + 1}"))

    assert texts(window, said(2, conversation="group:1")) == []
    assert texts(window, said(2, conversation="group:2")) == ["吃了没"]


def test_conversations_do_not_mix(window: Window) -> None:
    hear(window, said(1, "a"))

    assert texts(window, said(2, conversation="group:2")) == []


def test_a_recalled_line_is_taken_out(window: Window) -> None:
    hear(window, said(1, "a"))
    hear(window, said(2, "b"))
    hear(window, said(3, "", recall="m1"))

    assert texts(window, said(4)) == ["b"]


def test_nobody_takes_back_the_line_of_another(window: Window) -> None:
    hear(window, said(1, "a"))
    hear(window, said(2, "", recall="m1", sender="20002"))

    assert texts(window, said(3)) == ["a"]


def test_a_line_removed_by_the_groups_admin_was_said_all_the_same(window: Window) -> None:
    hear(window, said(1, "a"))
    hear(window, said(2, "", recall="m1", recalled_by="30001"))

    assert texts(window, said(3)) == ["a"]


def test_staff_are_known_by_their_account(window: Window) -> None:
    assert window.talk(said(1, sender="30001")).is_staff
    assert window.line(said(1, sender="30001")).is_staff
    assert not window.talk(said(1, sender_name="王书记")).is_staff


def test_a_group_has_the_unit_it_is_bound_to(window: Window) -> None:
    assert window.talk(said(1)).unit == "hedong"
    assert window.talk(said(1, conversation="group:2")).unit is None


def test_in_private_the_unit_is_that_of_the_group_one_spoke_in_last(window: Window) -> None:
    private = said(2, conversation="private:20001")
    assert window.talk(private).unit is None
    hear(window, said(1))

    talk = window.talk(private)
    assert talk.is_private
    assert talk.unit == "hedong"


def test_a_message_that_comes_twice_is_known(window: Window) -> None:
    assert not window.is_repeated(said(1))
    assert window.is_repeated(said(1))


def test_a_message_id_used_again_later_is_another_message(window: Window) -> None:
    window.is_repeated(said(1))

    assert not window.is_repeated(said(1, at=BEGIN + timedelta(hours=5)))


def test_a_voice_note_is_read_by_its_transcript(window: Window) -> None:
    hear(window, said(1, "", voice=Voice(5, "三楼漏水")))

    (line,) = window.talk(said(2)).before
    assert (line.text, line.is_voice) == ("三楼漏水", True)


def test_a_picture_that_could_not_be_fetched_is_read_as_one_and_kept_as_none(
    window: Window,
) -> None:
    alone = said(1, "", images_missing=1)
    assert len(window.line(alone).images) == 1

    hear(window, alone)
    assert [line.images for line in window.talk(said(2)).before] == [()]

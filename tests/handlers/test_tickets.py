"""Opening, gathering, joining and acknowledging."""

from datetime import timedelta

import pytest

from handlers.characters import clean
from handlers.dispatch import dispatch
from handlers.reading import Against, Gate
from handlers.talk import Talk
from storage.models import Act, MessageKey, OutgoingClass, Stage, Urgency
from tests.handlers.town import (
    CHATTER,
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    SECRETARY,
    THIRD,
    Town,
    matter,
    of,
    private,
    to,
)


def test_a_matter_is_a_ticket_from_its_first_line_and_is_acknowledged_after_the_pause(
    town: Town,
) -> None:
    at_once = town.say(RESIDENT, "又没水", reading=matter("停水", place="2号楼"))
    assert at_once == []
    assert [ticket.gist for ticket in town.tickets()] == ["停水"]
    told = to(town.wait(seconds=100), GROUP)
    assert len(told) == 1
    assert "2号楼停水" in told[0]
    assert "#1" in told[0]
    assert "李惠" in told[0]


def test_who_talks_too_long_is_told_that_only_the_beginning_is_kept(town: Town) -> None:
    town.say(RESIDENT, clean("又没水，等着做饭。" * 10_000), reading=matter("停水"))
    assert "只留下了开头" in to(town.wait(seconds=100), GROUP)[0]


@pytest.mark.parametrize(
    ("gist", "place", "told"),
    [
        ("医保的事", None, "医保的事"),
        ("公共安全的事", "9栋", "9栋的事"),
        ("锅炉房的事", "锅炉房", "锅炉房的事"),
        ("扶手的事", "4栋门口那个斜坡", "4栋门口斜坡扶手的事"),
        ("一件事", None, "小何妈妈，您说的事"),
        ("农业农村的事", None, "小何妈妈，您说的事"),
    ],
)
def test_an_acknowledgement_tells_whose_matter_it_is(
    town: Town, gist: str, place: str | None, told: str
) -> None:
    town.say(RESIDENT, "这个归谁管", reading=matter(gist, place=place))
    assert told in to(town.wait(seconds=100), GROUP)[0]


@pytest.mark.parametrize(
    ("away", "told"),
    [
        ((), "已通知指导员李惠，"),
        ((INSTRUCTOR,), "已通知张小雷，"),
        ((INSTRUCTOR, DEPUTY), "已通知鲍春霞书记，"),
    ],
)
def test_who_was_told_is_named_by_his_post(town: Town, away: tuple[str, ...], told: str) -> None:
    for account in away:
        person = town.store.people.by_account("qq", account)
        assert person is not None
        town.store.people.add_leave(person.id, town.now.date(), town.now.date())
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    assert told in to(town.wait(seconds=100), GROUP)[0]


def test_acknowledgements_that_follow_one_another_in_a_group_sound_different(town: Town) -> None:
    elsewhere = {"where": private(NEIGHBOUR), "sender": NEIGHBOUR}
    town.open("停水")
    town.open("路灯不亮", **elsewhere)
    town.open("井盖没了", **elsewhere)
    town.open("停水")
    rows = town.store.outbox.list_new()
    told = to(of(list(rows), OutgoingClass.ACK), GROUP)
    assert len({text[:2] for text in told}) == len(told) == 2


def test_in_private_nobody_is_named(town: Town) -> None:
    town.tell(RESIDENT, "这个归谁管", reading=matter("一件事"))
    told = to(town.wait(seconds=100), private(RESIDENT))[0]
    assert "您说的事" in told
    assert "小何妈妈" not in told


def test_the_instructor_gets_a_card_in_private(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    cards = to(town.wait(seconds=100), private(INSTRUCTOR))
    assert len(cards) == 1
    assert "1 受理" in cards[0]


def test_a_redelivered_line_opens_nothing_twice(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"), message_id="same")
    again = town.say(RESIDENT, "又没水", reading=matter("停水"), message_id="same")
    assert again == []
    assert len(town.tickets()) == 1


def test_an_id_that_an_old_message_had_is_no_redelivery(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"), message_id="same")
    town.wait(days=40)
    town.say(THIRD, "路灯不亮", reading=matter("路灯不亮"), message_id="same")
    assert [ticket.gist for ticket in town.tickets()] == ["停水", "路灯不亮"]


def test_more_lines_of_the_speaker_postpone_the_one_acknowledgement(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    assert town.wait(seconds=60) == []
    town.say(RESIDENT, "我们二单元一滴都没 娃等着洗脸", quote="m1")
    assert to(town.wait(seconds=60), GROUP) == []
    assert len(to(town.wait(seconds=40), GROUP)) == 1


def test_gathering_ends_even_if_the_speaker_does_not(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    told: list[str] = []
    for _ in range(8):
        told += to(town.wait(seconds=60), GROUP)
        town.say(RESIDENT, "二单元一滴都没有", quote="m1")
    assert len(told) == 1


def test_pictures_before_the_words_come_along(town: Town) -> None:
    town.say(RESIDENT, "", images=("a.jpg",))
    town.wait(seconds=30)
    town.say(RESIDENT, "井盖没了", reading=matter("井盖没了"))
    message = town.store.tickets.get_message(MessageKey(f"qq/{GROUP}/m2"))
    assert message is not None
    assert message.images == ("a.jpg",)


def test_a_neighbour_joins_and_is_named_in_the_same_acknowledgement(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    town.wait(seconds=20)
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    told = to(town.wait(seconds=100), GROUP)
    assert len(town.tickets()) == 1
    assert len(told) == 1
    assert "周" in told[0]


def test_who_joins_later_is_told_once(town: Town) -> None:
    town.open("停水")
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    told = to(town.wait(seconds=100), GROUP)
    assert len(told) == 1
    assert "周" in told[0]
    assert "#1" in told[0]
    town.say(NEIGHBOUR, "还是没水啊我家也没", quote="m1")
    assert to(town.wait(seconds=100), GROUP) == []


def test_two_who_join_together_are_told_together(town: Town) -> None:
    town.open("停水")
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    town.wait(seconds=10)
    town.say(THIRD, "我家也没水", quote="m1")
    told = to(town.wait(seconds=200), GROUP)
    assert len(told) == 1
    assert "周、老丁" in told[0]


def test_pieces_and_people_are_counted_apart(town: Town) -> None:
    town.open("停水")
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    counts = town.store.statistics.counts(
        town.ticket(1).unit, town.now - timedelta(days=1), town.now + timedelta(seconds=1)
    )
    assert (counts.opened, counts.people, counts.joined) == (1, 2, 1)


def test_more_after_the_acknowledgement_goes_to_the_instructor_only(town: Town) -> None:
    town.open("停水")
    told = town.say(RESIDENT, "三单元也停了", quote="m1")
    assert to(told, GROUP) == []
    assert "三单元也停了" in to(told, private(INSTRUCTOR))[0]


def test_danger_is_answered_at_once_and_alarms_instructor_and_secretary(town: Town) -> None:
    reading = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas", place="3栋2单元")
    told = town.say(RESIDENT, "楼道里一股煤气味 头都晕", reading=reading)
    alarms = of(told, OutgoingClass.ALARM)
    assert [row.conversation for row in alarms] == [
        GROUP,
        private(INSTRUCTOR),
        private(SECRETARY),
    ]
    assert alarms[0].text.startswith("请先开窗")
    assert "119" in alarms[0].text
    assert to(town.wait(seconds=100), GROUP) == []


def test_a_wish_to_die_is_answered_in_private_only(town: Town) -> None:
    reading = matter("想不开", urgency=Urgency.CRITICAL, danger="self_harm", is_sensitive=True)
    told = town.say(RESIDENT, "不想活了", reading=reading)
    assert to(told, GROUP) == []
    assert "心理援助" in to(told, private(RESIDENT))[0]


def test_at_night_an_alarm_goes_at_once_but_a_card_waits_for_the_morning(town: Town) -> None:
    town.wait(hours=14, minutes=30)
    critical = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    alarm = of(town.say(RESIDENT, "煤气味", reading=critical), OutgoingClass.ALARM)[1]
    assert alarm.not_before == town.now
    town.say(NEIGHBOUR, "路灯不亮", reading=matter("路灯不亮"))
    card = of(town.wait(seconds=100), OutgoingClass.CARD)[0]
    local = card.not_before.astimezone(town.settings.worktime.zone)
    assert (local.day, local.hour, local.minute) == (25, 7, 0)


def test_a_sensitive_matter_says_nothing_in_public(town: Town) -> None:
    reading = matter("低保的事", is_sensitive=True)
    told = town.say(RESIDENT, "我家低保咋停了", reading=reading)
    assert to(told, GROUP) == ["收到，已私下联系您。"]
    assert "低保" not in "".join(to(told, GROUP))
    assert "匿名" in to(told, private(RESIDENT))[0]
    assert to(town.wait(seconds=100), GROUP) == []


@pytest.mark.parametrize(
    ("against", "told"),
    [
        (Against.INSTRUCTOR, "只转给支部书记"),
        (Against.CADRE, "只转给支部书记"),
        (Against.SECRETARY, "只转给上一级的书记"),
        (None, "只转给负责的人"),
    ],
)
def test_who_complains_about_staff_is_told_truly_to_whom_it_goes(
    town: Town, against: Against | None, told: str
) -> None:
    reading = matter("低保的事", is_sensitive=True, against=against)
    words = town.tell(RESIDENT, "把低保给了他亲戚", reading=reading)
    assert told in to(words, private(RESIDENT))[0]


def test_more_that_shows_danger_raises_the_alarm(town: Town) -> None:
    town.open("暖气漏水")
    worse = matter("电线泡水", urgency=Urgency.CRITICAL, danger="power")
    told = town.say(RESIDENT, "水流到插座上打火花了", reading=worse, quote="m1")
    assert len(of(told, OutgoingClass.ALARM)) == 3
    assert town.ticket(1).urgency is Urgency.CRITICAL


def test_an_old_line_is_recorded_without_a_reply_in_the_group(town: Town) -> None:
    told = town.say(RESIDENT, "又没水", reading=matter("停水"), is_late=True)
    told += town.wait(seconds=200)
    assert to(told, GROUP) == []
    assert len(to(told, private(INSTRUCTOR))) == 1


def test_a_recalled_line_takes_its_matter_back_unseen(town: Town) -> None:
    town.say(RESIDENT, "停电了", reading=matter("停电"))
    town.say(RESIDENT, "", recall="m1")
    assert town.wait(seconds=200) == []
    assert town.ticket(1).outcome == "withdrawn"


def test_a_recall_after_the_card_tells_the_instructor(town: Town) -> None:
    town.open("停电")
    told = town.say(RESIDENT, "", recall="m1")
    assert to(told, GROUP) == []
    assert len(to(told, private(INSTRUCTOR))) == 1


def test_a_recalled_cry_for_help_stays_open(town: Town) -> None:
    reading = matter("想不开", urgency=Urgency.CRITICAL, danger="self_harm", is_sensitive=True)
    town.say(RESIDENT, "不想活了", reading=reading)
    town.say(RESIDENT, "", recall="m1")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_nobody_can_recall_another_ones_matter(town: Town) -> None:
    town.say(RESIDENT, "停电了", reading=matter("停电"))
    town.say(NEIGHBOUR, "", recall="m1")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_a_line_that_the_groups_admin_removed_stays_the_residents_matter(town: Town) -> None:
    town.open("停电")
    assert town.say(RESIDENT, "", recall="m1", recalled_by=INSTRUCTOR) == []
    assert town.ticket(1).stage is Stage.REGISTERED


def test_who_takes_back_his_own_line_is_named_by_some_platforms(town: Town) -> None:
    town.open("停电")
    town.say(RESIDENT, "", recall="m1", recalled_by=RESIDENT)
    assert town.ticket(1).outcome == "withdrawn"


def test_in_a_group_of_no_unit_nothing_is_read(town: Town) -> None:
    told = town.say(RESIDENT, "又没水", where="group:999", reading=matter("停水"))
    assert told == []
    assert town.tickets() == []


def test_a_private_matter_goes_to_the_unit_where_the_resident_lives(town: Town) -> None:
    town.tell(RESIDENT, "路灯不亮", reading=matter("路灯不亮"))
    assert town.ticket(1).unit == "chengguan"


def test_house_numbers_of_a_group_card_are_not_said_aloud(town: Town) -> None:
    ticket = town.answered()
    row = town.store.outbox.list_for_ticket(ticket.number)[-2]
    assert "小何妈妈" in row.text
    assert "2-2-502" not in row.text


def test_what_a_message_did_is_remembered(town: Town) -> None:
    town.open("停水")
    assert town.talk[GROUP][-1].act is Act.OPEN


def test_a_neighbours_word_on_a_closed_matter_does_not_wake_it(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "好了")
    quiet = matter(gate=Gate.NONE, score=0.1)
    assert town.say(NEIGHBOUR, "我家也是", reading=quiet, quote="m1") == []
    ticket = town.ticket(1)
    assert (ticket.stage, ticket.next_action_at) == (Stage.CLOSED, None)


def stranger(town: Town, text: str) -> str:
    """The unit that a matter goes to of somebody who was never met in a group."""
    incoming = town.incoming("5999", text, private("5999"), f"s{text}")
    dispatch(incoming, town.context(matter("路灯坏了"), Talk(is_private=True)))
    return town.tickets()[-1].unit


def test_a_stranger_in_private_is_known_by_the_place_he_names(town: Town) -> None:
    assert stranger(town, "五公里桥头路灯坏了") == "wugongli"


@pytest.mark.parametrize(
    ("line", "answer", "unit"),
    [
        ("五公里桥头路灯坏了", "登记", "wugongli"),
        ("桥头路灯坏了", "登记 五公里桥头", "wugongli"),
    ],
)
def test_a_stranger_asked_about_his_line_is_known_by_its_place(
    town: Town, line: str, answer: str, unit: str
) -> None:
    doubtful = matter("路灯坏了", gate=Gate.ASK, score=0.4)
    talk, where = Talk(is_private=True), private("5999")
    dispatch(town.incoming("5999", line, where, "s1"), town.context(doubtful, talk))
    town.wait(minutes=3)
    dispatch(town.incoming("5999", answer, where, "s2"), town.context(CHATTER, talk))
    assert [one.unit for one in town.tickets()] == [unit]


def test_a_place_that_two_units_have_or_none_tells_nothing_of_a_stranger(town: Town) -> None:
    assert stranger(town, "五公里桥头和镇小门口的路灯都坏了") == "liuyuan"
    assert stranger(town, "村口路灯坏了没人管") == "liuyuan"
    assert stranger(town, "五公里桥头路灯坏了,书记不管事,收了钱") == "liuyuan"

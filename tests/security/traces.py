"""A person leaves traces wherever traces can be left, and all of them can be told again."""

from collections.abc import Iterator
from dataclasses import replace

from bot.letters import to_payload
from handlers.messages import Incoming
from handlers.reading import Gate
from storage.models import Act, Flood, MessageKey, Report, TicketMessage, TicketNumber
from storage.store import Store
from tests.handlers.town import GROUP, INSTRUCTOR, NEIGHBOUR, Town, matter, private

LEAVER = "778899001"
NAME = "独一无二的向日葵"
SECRETS = (LEAVER, NAME, "咸亨巷", "绒线帽", "1391234")
PICTURE, SHARED = "a" * 32 + ".jpg", "b" * 32 + ".jpg"


def live(town: Town) -> None:
    """A person leaves traces wherever traces can be left."""
    say = {"sender_name": NAME}
    town.say(LEAVER, "咸亨巷停水，绒线帽掉井里了", reading=matter("咸亨巷停水", place="咸亨巷"),
             images=(PICTURE, SHARED), **say)  # fmt: skip
    town.wait(seconds=100)
    town.tell(INSTRUCTOR, f"1 受理 已给{NAME}打过电话")
    town.tell(INSTRUCTOR, "1 延期 9天 等绒线帽")
    town.tell(LEAVER, "登记 咸亨巷的路灯不亮 13912345678", **say)
    town.wait(seconds=100)
    town.tell(LEAVER, "补充 2 绒线帽那家", **say)
    town.tell(LEAVER, "撤销 2", **say)
    town.say(NEIGHBOUR, "东巷的狗太吵", reading=matter("狗吵"), images=(SHARED,))
    join(town, 3, "咸亨巷也吵，绒线帽家的")
    town.wait(seconds=200)
    town.say(INSTRUCTOR, f"/3 办结 {NAME}家的狗牵走了")
    town.say(LEAVER, "/登记 咸亨巷的绒线帽", **say)
    town.tell(INSTRUCTOR, "4 不是")
    town.wait(days=2)
    town.say(LEAVER, "这咸亨巷怕是要修了", reading=replace(matter("咸亨巷"), gate=Gate.ASK), **say)
    line = Incoming("qq", "1", private(LEAVER), "m99", LEAVER, NAME, town.now, "咸亨巷")
    store = town.store
    store.reception.add_dead_letter(line.key, town.now, to_payload(line), "ValueError", 5)
    store.reception.move_watermark("qq", private(LEAVER), "m99", town.now)
    store.reception.add_flood(Flood("qq", GROUP, LEAVER, town.now, town.now, 9))
    for row in store.outbox.list_new():
        store.outbox.mark_sent(row.id, f"b{row.id}", town.now)


def join(town: Town, number: int, text: str) -> None:
    """As a neighbour's matter is joined by a line of the person's in the group."""
    resident = town.store.residents.find("qq", LEAVER)
    assert resident is not None
    ticket, at = TicketNumber(number), town.now
    town.store.tickets.add_report(Report(ticket, resident.id, GROUP, "qq", at, False))
    town.store.tickets.add_message(
        TicketMessage(MessageKey(f"qq/{GROUP}/j1"), ticket, resident.id, None, Act.JOIN, at, text)
    )


def dump(store: Store) -> Iterator[tuple[str, str]]:
    """Each value of each table as text. The index of words is only merged when the file is
    written anew, and so belongs to the files."""
    names = [
        name
        for (name,) in store.connection.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
            " and name <> 'ticket_search_data'"
        )
    ]
    for name in names:
        for row in store.connection.execute(f'select * from "{name}"'):
            yield from ((name, str(value)) for value in row if value is not None)


def traces(store: Store) -> set[tuple[str, str]]:
    return {(table, secret) for table, text in dump(store) for secret in SECRETS if secret in text}

from collections.abc import Callable
from dataclasses import replace

from storage.models import Conversation, Ticket, UnitId
from storage.store import Store

TOWN = UnitId("town")
LIUYUAN = UnitId("liuyuan")
BRIDGE = UnitId("bridge")
GROUP = Conversation("qq", "group:1", LIUYUAN, "柳园支部群", False)


def units_below(store: Store, unit: UnitId) -> list[UnitId]:
    return [ticket.unit for ticket in store.tickets.list_open_in_scope(unit)]


def test_a_unit_sees_itself_and_all_below(store: Store, open_ticket: Callable[..., Ticket]) -> None:
    store.conversations.set_scope([(TOWN, LIUYUAN), (TOWN, BRIDGE)])
    for unit in (TOWN, LIUYUAN, BRIDGE):
        open_ticket(unit=unit)
    assert units_below(store, TOWN) == [TOWN, LIUYUAN, BRIDGE]
    assert units_below(store, LIUYUAN) == [LIUYUAN]


def test_pairs_that_name_a_unit_its_own_ancestor_are_no_error(
    store: Store, open_ticket: Callable[..., Ticket]
) -> None:
    store.conversations.set_scope([(LIUYUAN, LIUYUAN), (LIUYUAN, LIUYUAN)])
    open_ticket(unit=LIUYUAN)
    assert units_below(store, LIUYUAN) == [LIUYUAN]


def test_a_new_tree_replaces_the_old_one(store: Store, open_ticket: Callable[..., Ticket]) -> None:
    store.conversations.set_scope([(TOWN, LIUYUAN), (TOWN, BRIDGE)])
    store.conversations.set_scope([(TOWN, BRIDGE)])
    open_ticket(unit=LIUYUAN)
    assert units_below(store, TOWN) == []


def test_a_bound_group_is_found(store: Store) -> None:
    store.conversations.bind(GROUP)
    assert store.conversations.get("qq", "group:1") == GROUP


def test_the_same_group_on_another_platform_is_unknown(store: Store) -> None:
    store.conversations.bind(GROUP)
    assert store.conversations.get("wechat", "group:1") is None


def test_binding_a_group_again_takes_over_everything(store: Store) -> None:
    store.conversations.bind(GROUP)
    moved = replace(GROUP, unit=BRIDGE, title="桥头支部群", is_paused=True)
    store.conversations.bind(moved)
    assert store.conversations.list_all() == [moved]


def test_only_the_units_own_groups_are_listed_for_it(store: Store) -> None:
    store.conversations.set_scope([(TOWN, LIUYUAN)])
    second = replace(GROUP, conversation="group:2")
    for group in (second, GROUP, replace(GROUP, conversation="group:3", unit=TOWN)):
        store.conversations.bind(group)
    assert store.conversations.list_for_unit(LIUYUAN) == [GROUP, second]


def test_a_renamed_group_keeps_the_rest(store: Store) -> None:
    other = replace(GROUP, conversation="group:0")
    store.conversations.bind(other)
    store.conversations.bind(GROUP)
    assert store.conversations.rename("qq", "group:1", "新名")
    assert store.conversations.get("qq", "group:1") == replace(GROUP, title="新名")
    assert store.conversations.get("qq", "group:0") == other


def test_a_group_is_paused_and_goes_on(store: Store) -> None:
    other = replace(GROUP, conversation="group:0")
    store.conversations.bind(other)
    store.conversations.bind(GROUP)
    assert store.conversations.set_paused("qq", "group:1", True)
    assert store.conversations.list_all() == [other, replace(GROUP, is_paused=True)]
    assert store.conversations.set_paused("qq", "group:1", False)
    assert store.conversations.get("qq", "group:1") == GROUP


def test_a_removed_group_is_gone_and_the_others_stay(store: Store) -> None:
    other = replace(GROUP, conversation="group:2")
    store.conversations.bind(GROUP)
    store.conversations.bind(other)
    assert store.conversations.remove("qq", "group:1")
    assert store.conversations.list_all() == [other]


def test_a_change_to_an_unknown_group_says_so(store: Store) -> None:
    assert not store.conversations.rename("qq", "group:9", "新名")
    assert not store.conversations.set_paused("qq", "group:9", True)
    assert not store.conversations.remove("qq", "group:9")


def test_what_was_raised_in_a_group_follows_it_to_its_new_id(
    store: Store, open_ticket: Callable[..., Ticket]
) -> None:
    store.conversations.bind(GROUP)
    moved = open_ticket(conversation="group:1")
    stays = open_ticket(conversation="group:2")
    store.conversations.move("qq", "group:1", "group:9")
    found = [store.tickets.get(ticket.number) for ticket in (moved, stays)]
    assert [ticket.conversation for ticket in found if ticket] == ["group:9", "group:2"]
    assert store.conversations.get("qq", "group:1") is None

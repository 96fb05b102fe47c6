from storage.models import ResidentId, UnitId
from storage.store import Store

LIUYUAN = UnitId("liuyuan")
BRIDGE = UnitId("bridge")


def test_a_resident_seen_again_keeps_his_id_and_takes_the_new_name(store: Store) -> None:
    first = store.residents.see("qq", "1", "老李", LIUYUAN)
    second = store.residents.see("qq", "1", "李大爷", LIUYUAN)
    assert (second.id, second.name) == (first.id, "李大爷")
    assert store.residents.get(first.id) == second


def test_an_empty_name_does_not_wipe_the_known_one(store: Store) -> None:
    store.residents.see("qq", "1", "老李", LIUYUAN)
    assert store.residents.see("qq", "1", "", LIUYUAN).name == "老李"


def test_a_line_in_private_keeps_the_unit(store: Store) -> None:
    store.residents.see("qq", "1", "老李", LIUYUAN)
    assert store.residents.see("qq", "1", "老李", None).unit == LIUYUAN


def test_a_line_in_another_units_group_moves_the_resident(store: Store) -> None:
    store.residents.see("qq", "1", "老李", LIUYUAN)
    assert store.residents.see("qq", "1", "老李", BRIDGE).unit == BRIDGE


def test_a_resident_first_met_in_private_has_no_unit(store: Store) -> None:
    assert store.residents.see("qq", "1", "老李", None).unit is None


def test_a_resident_is_found_by_platform_and_user_id(store: Store) -> None:
    store.residents.see("qq", "0", "老赵", LIUYUAN)
    seen = store.residents.see("qq", "1", "老李", LIUYUAN)
    assert store.residents.find("qq", "1") == seen
    assert store.residents.find("wechat", "1") is None


def test_an_unknown_resident_is_none(store: Store) -> None:
    assert store.residents.get(ResidentId(99)) is None

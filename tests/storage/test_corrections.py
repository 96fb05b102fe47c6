from datetime import datetime

from storage.models import Correction, Field, PersonId
from storage.store import Store


def test_a_correction_is_kept_whole(store: Store, person: PersonId, now: datetime) -> None:
    correction = store.corrections.add(now, person, None, "open", Field.ROADS, "3号楼", "路灯不亮")
    assert store.corrections.list_all() == [
        Correction(correction, now, person, None, "open", "道路市政", "3号楼", "路灯不亮")
    ]


def test_corrections_are_listed_in_the_order_of_their_adding(
    store: Store, person: PersonId, now: datetime
) -> None:
    for text in ("一", "二", "三"):
        store.corrections.add(now, person, None, "none", None, None, text)
    assert [each.text for each in store.corrections.list_all()] == ["一", "二", "三"]

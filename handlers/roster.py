"""The configuration's units, staff and groups, written into the database at start."""

from handlers.context import Context
from handlers.settings import StaffEntry
from storage.models import Conversation, PersonId, Role, UnitId


def sync(context: Context) -> None:
    """Bring the database in line with the file. What was bound in chat stays."""
    settings, store = context.settings, context.store
    store.conversations.set_scope(
        [(ancestor, unit) for unit in settings.units for ancestor in settings.ancestors(unit)]
    )
    for entry in settings.staff:
        write_entry(entry, context)
    for group in settings.groups:
        known = store.conversations.get(group.platform, group.conversation)
        if known is None:
            store.conversations.bind(
                Conversation(group.platform, group.conversation, group.unit, "", is_paused=False)
            )


def write_entry(entry: StaffEntry, context: Context) -> PersonId:
    """One person of the roster with his posts and accounts."""
    handle = f"{entry.posts[0][0]}/{entry.name}" if entry.posts else entry.name
    people = context.store.people
    person = people.upsert(handle, entry.name, entry.phone)
    people.set_posts(person, entry.posts)
    for platform, user_id in entry.accounts:
        people.bind_account(platform, user_id, person)
    return person


def bind_worker(context: Context, platform: str, user_id: str, name: str, unit: UnitId) -> PersonId:
    """Bind an account as 工作人员 of a unit, as an administrator would have done."""
    people = context.store.people
    known = people.by_account(platform, user_id)
    if known is not None:
        people.add_post(known.id, unit, Role.WORKER)
        return known.id
    person = people.upsert(f"{unit}/{platform}:{user_id}", name, None)
    people.add_post(person, unit, Role.WORKER)
    people.bind_account(platform, user_id, person)
    return person

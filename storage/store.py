"""One connection's view of all that is remembered: one attribute a noun."""

from collections.abc import Mapping

from storage.approvals import Approvals
from storage.boards import Boards
from storage.conversations import Conversations
from storage.corrections import Corrections
from storage.erasure import Erasure
from storage.history import History
from storage.outbox import Outbox
from storage.people import People
from storage.places import Places
from storage.queries import Connection, Noun
from storage.questions import Questions
from storage.reception import Reception
from storage.residents import Residents
from storage.search import Search
from storage.statistics import Statistics
from storage.tickets import Tickets


class Store:
    """All nouns over one open connection; the transaction is the caller's (storage/database.py)."""

    def __init__(self, connection: Connection, queries: Mapping[str, Noun]) -> None:
        self.connection = connection
        self.approvals = Approvals(connection, queries["approvals"])
        self.boards = Boards(connection, queries["boards"])
        self.conversations = Conversations(connection, queries["conversations"])
        self.corrections = Corrections(connection, queries["corrections"])
        self.erasure = Erasure(connection, queries["erasure"])
        self.history = History(connection, queries["history"])
        self.outbox = Outbox(connection, queries["outbox"])
        self.people = People(connection, queries["people"])
        self.places = Places(connection, queries["places"])
        self.questions = Questions(connection, queries["questions"])
        self.reception = Reception(connection, queries["reception"])
        self.residents = Residents(connection, queries["residents"])
        self.search = Search(connection, queries["search"])
        self.statistics = Statistics(connection, queries["statistics"])
        self.tickets = Tickets(connection, queries["tickets"])

"""How the address of a database is written."""

from pathlib import Path

import pytest

from storage.address import parse_address
from storage.errors import BadAddress


@pytest.mark.parametrize("url", ["lianxin.db", "mysql://u:secret@host/x", "sqlite:/x.db"])
def test_an_address_of_another_kind_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse_address(url)
    assert "secret" not in str(caught.value)


def test_three_slashes_are_relative_and_four_absolute() -> None:
    assert parse_address("sqlite:///data/x.db").path == Path("data/x.db")
    assert parse_address("sqlite:////srv/x.db").path == Path("/srv/x.db")

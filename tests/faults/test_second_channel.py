"""The second channel as it is configured: mail, and 企业微信, each to the end of the wire."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.alarms import AppriseNotifier
from tests.peers.mail_server import MailServer
from tests.peers.webhook_server import WebhookServer

WECOM = "qyapi.weixin.qq.com"
TITLE, TEXT = "连心告警", "QQ账号 8000 断开了 5 分钟"
KEY = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    mail = MailServer()
    await mail.start()
    yield mail
    await mail.stop()


@pytest.fixture
def wecom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookServer]:
    """The address is fixed in apprise, so the way there leads through a proxy of the test's."""
    server = WebhookServer(WECOM, tmp_path)
    server.start()
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.certificate))
    yield server
    server.stop()


def mail_to(server: MailServer) -> SecretStr:
    who = "from=bot@town.example&to=admin@town.example"
    return SecretStr(f"mailto://127.0.0.1:{server.port}/?{who}")


async def test_an_alarm_comes_as_mail(mail: MailServer) -> None:
    assert await AppriseNotifier([mail_to(mail)]).notify(TITLE, TEXT)

    (message,) = mail.mails
    assert message["Subject"] == TITLE
    assert "admin@town.example" in message["To"]
    assert TEXT in (message.get_body(("plain", "html")) or message).get_content()


async def test_a_mail_that_is_refused_has_not_been_told(mail: MailServer) -> None:
    mail.refuses = True
    assert not await AppriseNotifier([mail_to(mail)]).notify(TITLE, TEXT)


async def test_an_alarm_comes_to_a_group_robot_of_wecom(wecom: WebhookServer) -> None:
    assert await AppriseNotifier([SecretStr(f"wecombot://{KEY}")]).notify(TITLE, TEXT)

    ((line, body),) = wecom.posts
    assert [tunnel.split(" ")[1] for tunnel in wecom.tunnels] == [f"{WECOM}:443"]
    assert line == f"POST /cgi-bin/webhook/send?key={KEY} HTTP/1.1"
    told = json.loads(body)
    assert told["msgtype"] == "text"
    assert TITLE in told["text"]["content"]
    assert TEXT in told["text"]["content"]


async def test_one_who_only_claims_to_be_wecom_is_told_nothing(
    wecom: WebhookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy without the host's certificate does not get to see an alarm, nor the key."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert not await AppriseNotifier([SecretStr(f"wecombot://{KEY}")]).notify(TITLE, TEXT)
    assert wecom.posts == []


async def test_of_two_addresses_one_that_fails_keeps_the_other_from_nothing(
    mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    dead = SecretStr("json://user:secret-77@127.0.0.1:9")

    assert not await AppriseNotifier([dead, mail_to(mail)]).notify(TITLE, TEXT)

    assert len(mail.mails) == 1
    assert "secret-77" not in caplog.text

"""The postman: hands letters to the mail server, tries again for days, and never says with whom or what it was."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NoReturn
from urllib.parse import unquote, urlsplit

import structlog

from adapters.identity.outbox import MailOutbox, Waiting
from adapters.settings import Settings
from services.ports import Clock, Unavailable

_logger = structlog.get_logger(__name__)
PAUSES = (5, 30, 120, 600, 3600)
"""How long is waited before each further try (seconds), the last one again and again."""
GIVEN_UP_AFTER = timedelta(hours=72)
"""When no link in a letter works any more."""
SILENCE = 10.0
"""How long a mail server may say nothing (seconds)."""
EVERY = 1.0
"""How often is looked for what other processes have written (seconds)."""


class Postman:
    """Sends what is in the outbox, in each process that works; a letter is with one of them at a time.

    It has the same `Message-ID` at every try: when the server had taken it and that was never heard,
    as it is with SMTP, who receives it can tell that both are one.
    """

    def __init__(self, outbox: MailOutbox, clock: Clock, settings: Callable[[], Settings]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._settings = settings

    async def run(self) -> NoReturn:
        """Sends until it is cancelled; trouble with store or server only delays it."""
        while True:
            try:
                await self.deliver()
            except Unavailable:
                pass  # as everything else it goes on when the store is back; readiness tells of an outage
            except Exception:
                _logger.warning("the postman was interrupted", exc_info=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._outbox.news.wait()
            self._outbox.news.clear()

    async def deliver(self) -> None:
        """Tries once everything that is due."""
        while self._settings().smtp_url and (letter := await self._outbox.take(self._clock.now())) is not None:
            await self._try(letter)

    async def _try(self, letter: Waiting) -> None:
        settings = self._settings()
        message = _message(letter, settings.mail_from)
        try:
            await asyncio.to_thread(_hand_over, settings.smtp_url, message)
        except (OSError, smtplib.SMTPException) as error:
            now = self._clock.now()
            pause = PAUSES[min(letter.tries, len(PAUSES)) - 1]
            too_old = now > _at(letter) + GIVEN_UP_AFTER
            if too_old or _is_final(error):
                _logger.warning("a mail was given up", error=type(error).__name__, attempt=letter.tries)
                await self._outbox.done(letter)
                return
            _logger.warning(
                "a mail could not be sent", error=type(error).__name__, attempt=letter.tries, retry_in=pause
            )
            await self._outbox.later(letter, now + timedelta(seconds=pause))
            return
        await self._outbox.done(letter)


def _message(letter: Waiting, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = format_datetime(_at(letter))
    message["Message-ID"] = f"<{letter.mail_id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _at(letter: Waiting) -> datetime:
    return datetime.fromtimestamp(letter.written_at_ms / 1000, UTC)


def _is_final(error: Exception) -> bool:
    """Whether the server said that it will never take this one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def _hand_over(url: str, message: EmailMessage) -> None:
    parts, context = urlsplit(url), ssl.create_default_context()
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SILENCE, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=SILENCE)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)

"""Mail, where a server for it is set up: sent behind the answer, tried a few times, never logged with whom or what."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog

from adapters.settings import Settings

_logger = structlog.get_logger(__name__)
_under_way: set[asyncio.Task[None]] = set()
PAUSES = (1.0, 5.0, 30.0)
"""How long is waited before each further try (seconds)."""
SILENCE = 10.0
"""How long a mail server may say nothing (seconds)."""


def mail_is_set_up(settings: Settings) -> bool:
    """Whether this installation sends mail."""
    return bool(settings.smtp_url)


def send_soon(settings: Settings, to: str, subject: str, text: str) -> None:
    """Sends a mail in the background, so that no answer tells by its time whether one was sent."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    task = asyncio.create_task(_send(settings.smtp_url, message))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


async def _send(url: str, message: EmailMessage) -> None:
    for pause in (*PAUSES, None):
        try:
            await asyncio.to_thread(_hand_over, url, message)
            return
        except (OSError, smtplib.SMTPException) as error:
            _logger.warning("a mail could not be sent", error=type(error).__name__, retry_in=pause)
        if pause is not None:
            await asyncio.sleep(pause)


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

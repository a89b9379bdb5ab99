"""Send one message on one channel; success only where the other side says so."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from yuqing.errors import Said
from yuqing.notify import robots
from yuqing.plan.channels import Channel
from yuqing.words import N_

PATIENCE = 10.0
"""Seconds a channel may take; the next run of cron tries again."""
MOST = 65_536
"""Bytes of an answer that are read."""


def deliver(
    channel: Channel,
    subject: str,
    text: str,
    items: Sequence[Mapping[str, Any]],
    env: Mapping[str, str],
    *,
    seconds: float,
    patience: float = PATIENCE,
) -> Said | None:
    """Send it. Returns why it was not delivered, ``None`` if it was.

    ``subject`` heads a mail; ``items`` are the same reminders as data; ``env`` holds the
    secrets; ``seconds`` since 1970 stamp a signature.
    """
    lacking = [
        name
        for name in (channel.url_from, channel.secret_from, channel.password_from)
        if name and not env.get(name)
    ]
    if lacking:
        return Said(N_("the environment has no {names}"), {"names": ", ".join(lacking)})
    match channel.kind:
        case "exec":
            return _run(channel, text, patience)
        case "mail":
            return _mail(channel, subject, text, env, patience)
        case _:
            return _post(channel, text, items, env, seconds, patience)


def _post(
    channel: Channel,
    text: str,
    items: Sequence[Mapping[str, Any]],
    env: Mapping[str, str],
    seconds: float,
    patience: float,
) -> Said | None:
    import http.client
    import urllib.error
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        """A message that is moved on has not arrived, and its address is a secret."""

        def redirect_request(self, *_args: Any, **_more: Any) -> None:
            return None

    secret = env[channel.secret_from] if channel.secret_from else None
    url = env[channel.url_from] if channel.url_from else channel.url or ""
    try:
        request = urllib.request.Request(  # noqa: S310 - the scheme is looked at below
            robots.address(channel.kind, url, secret, seconds),
            data=robots.body(channel.kind, text, items, secret, seconds),
            headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "yuqing"},
        )
        if request.type not in ("http", "https"):
            return Said(N_("its address is no http or https address"))
        with urllib.request.build_opener(Stay).open(request, timeout=patience) as answer:
            said = answer.read(MOST)
    except urllib.error.HTTPError as refused:
        return Said(N_("the server answers {status}"), {"status": refused.code})
    except (OSError, http.client.HTTPException) as fault:
        reason = getattr(fault, "reason", fault)
        return Said(N_("not reached: {reason}"), {"reason": _plain(reason)})
    except ValueError:  # no address at all; its text may be a secret
        return Said(N_("its address is no http or https address"))
    reason = robots.refusal(channel.kind, said)
    return None if reason is None else Said(N_("refused: {reason}"), {"reason": reason})


def _plain(reason: object) -> Said:
    """An error without the address, which is a secret."""
    strerror = getattr(reason, "strerror", None)
    return Said(str(strerror or type(reason).__name__))


def _run(channel: Channel, text: str, patience: float) -> Said | None:
    try:
        ran = subprocess.run(
            list(channel.command),
            input=text + "\n",
            encoding="utf-8",
            errors="replace",
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Said(N_("not reached: {reason}"), {"reason": "timed out"})
    except OSError as fault:
        return Said(N_("not reached: {reason}"), {"reason": _plain(fault)})
    if ran.returncode == 0:
        return None
    last = (ran.stderr.strip().splitlines() or [""])[-1][:200]
    reason = f"{ran.returncode} {last}".strip()
    return Said(N_("refused: {reason}"), {"reason": reason})


def _mail(
    channel: Channel, subject: str, text: str, env: Mapping[str, str], patience: float
) -> Said | None:
    import smtplib
    import ssl
    from email.message import EmailMessage
    from email.utils import formatdate, make_msgid

    letter = EmailMessage()
    letter["Subject"], letter["From"] = subject, channel.sender or ""
    letter["To"], letter["Date"] = ", ".join(channel.to), formatdate()
    letter["Message-ID"] = make_msgid(domain="yuqing.invalid")
    letter["Auto-Submitted"] = "auto-generated"  # no out-of-office answers, please
    letter.set_content(text + "\n")
    port = channel.port or {"tls": 465, "none": 25}.get(channel.tls, 587)
    host, tls = channel.host or "", ssl.create_default_context()
    try:
        if channel.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=patience, context=tls)
        else:
            server = smtplib.SMTP(host, port, timeout=patience)
        try:
            if channel.tls == "starttls":
                server.starttls(context=tls)
            if channel.user:
                password = env[channel.password_from] if channel.password_from else ""
                server.login(channel.user, password)
            refused = server.send_message(letter)
        finally:  # how it says goodbye is no answer to the letter
            server.close()
    except smtplib.SMTPResponseException as fault:
        words = fault.smtp_error
        told = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        reason = f"{fault.smtp_code} {told}"[:200]
        return Said(N_("refused: {reason}"), {"reason": reason})
    except (OSError, smtplib.SMTPException) as fault:
        return Said(N_("not reached: {reason}"), {"reason": _plain(fault)})
    if refused:  # some readers got it, so it may not count as said
        return Said(N_("refused: {reason}"), {"reason": ", ".join(refused)})
    return None

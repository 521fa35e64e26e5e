"""Messages of kernels that do not clean them: it is done where they leave the server for a page."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from types import new_class
from typing import Any, ClassVar, Final

from jupyter_client.session import DELIM
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from .redaction import Redaction, Redactions

_CLASS: Final = "kernel_websocket_connection_class"
#: Seconds that the end of a text waits for what may complete it. Kernels that collect output send it every 0.2.
HOLD: Final = 0.3

#: Places in a message as it comes from a kernel, after identities and delimiter. The first is its signature.
_HEADER, _PARENT, _METADATA, _CONTENT, _BUFFERS = 1, 2, 3, 4, 5


def clean_messages(app: ServerApp, redactions: Redactions) -> None:
    """
    From now on, connections of pages to kernels carry no value that the kernel received. A class of connections that
    is no relative of Jupyter's own (a gateway's: its kernels run elsewhere) is left as it is.
    """
    settings = app.web_app.settings
    base = settings.get(_CLASS)
    if isinstance(base, type) and issubclass(base, ZMQChannelsWebsocketConnection):
        settings[_CLASS] = new_class(
            f"Cleaned{base.__name__}", (_Cleaned, base), exec_body=lambda body: body.update(redactions=redactions)
        )


@dataclass(frozen=True)
class _Message:
    """One message on its way, and the stream that it came on."""

    stream: Any
    identities: list[bytes]
    parts: list[Any]

    def is_on_iopub(self) -> bool:
        return self.stream == "iopub" or getattr(self.stream, "channel", None) == "iopub"


@dataclass(frozen=True)
class _Text:
    """A message with a text of stdout or stderr, unpacked."""

    message: _Message
    content: dict[str, Any]

    @property
    def text(self) -> str:
        return str(self.content["text"])

    def goes_on_in(self, other: _Text) -> bool:
        """Whether the other one is of the same stream and answers the same request."""
        same_request = self.message.parts[_PARENT] == other.message.parts[_PARENT]
        return same_request and self.content.get("name") == other.content.get("name")


class _Cleaned(ZMQChannelsWebsocketConnection):
    redactions: ClassVar[Redactions]

    #: The end of what the kernel printed, where it may be the beginning of a value, as a message of its own.
    _tail: _Text | None = None
    _timer: asyncio.TimerHandle | None = None

    @property
    def _redaction(self) -> Redaction:
        return self.redactions.of(self.kernel_manager)

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        if self._tail is None and not self._redaction.cleans_messages:
            super().handle_outgoing_message(stream, outgoing_msg)
            return
        message = _Message(stream, *self.session.feed_identities(outgoing_msg))
        if message.is_on_iopub():
            text = self._text_of(message)
            if text is not None:
                self._handle_text(text)
                return
            self._send_tail()
        self._send(message)

    def on_kernel_restarted(self) -> None:
        self._send_last_words()
        super().on_kernel_restarted()  # type: ignore[no-untyped-call]

    def on_restart_failed(self) -> None:
        self._send_last_words()
        super().on_restart_failed()  # type: ignore[no-untyped-call]

    def disconnect(self) -> None:  # type: ignore[override]
        tail = self._take_tail()
        super().disconnect()  # type: ignore[no-untyped-call]
        if tail is None:
            return
        # Where messages are kept until this page is back, it is the first of them.
        kept = getattr(self.multi_kernel_manager, "_kernel_buffers", {}).get(self.kernel_id)
        if kept is not None and kept["session_key"] == self.session_key:
            kept["buffer"].insert(0, ("iopub", [*tail.message.identities, DELIM, *tail.message.parts]))

    def _handle_text(self, now: _Text) -> None:
        """Sends what is surely no beginning of a value, and keeps the rest until that is decided."""
        if self._tail is not None and not self._tail.goes_on_in(now):
            self._send_tail()
        before = self._take_tail()
        text = now.text if before is None else before.text + now.text
        data = text.encode("utf-8", "surrogatepass")
        held = self._redaction.held(data)
        if before is None and held == 0:
            self._send(now.message)
            return
        sent = data[: len(data) - held].decode("utf-8", "surrogatepass")
        if sent:
            self._send(self._with_text(now, sent).message)
        if held:
            self._tail = self._with_text(now, text[len(sent) :], anew=sent != "")
            self._timer = asyncio.get_running_loop().call_later(HOLD, self._send_tail)

    def _take_tail(self) -> _Text | None:
        if self._timer is not None:
            self._timer.cancel()
        tail, self._tail, self._timer = self._tail, None, None
        return tail

    def _send_tail(self) -> None:
        tail = self._take_tail()
        if tail is not None:
            self._send(tail.message)

    def _send_last_words(self) -> None:
        """All that has come, before the server says itself how the kernel is."""
        iopub = self.channels.get("iopub")
        if iopub is not None and not iopub.closed():
            iopub.flush()
        self._send_tail()

    def _send(self, message: _Message) -> None:
        message = self._clean(message)
        super().handle_outgoing_message(message.stream, [*message.identities, DELIM, *message.parts])

    def _text_of(self, message: _Message) -> _Text | None:
        """Null for a message of any other kind."""
        if b'"stream"' not in message.parts[_HEADER]:
            return None
        content = self.session.unpack(message.parts[_CONTENT])
        is_text = isinstance(content, dict) and isinstance(content.get("text"), str)
        if is_text and self.session.unpack(message.parts[_HEADER])["msg_type"] == "stream":
            return _Text(message, content)
        return None

    def _with_text(self, of: _Text, text: str, *, anew: bool = False) -> _Text:
        """The same with another text; `anew`, as a message of its own."""
        content = {**of.content, "text": text}
        parts = [*of.message.parts]
        parts[_CONTENT] = self.session.pack(content)
        if anew:
            header = self.session.unpack(parts[_HEADER])
            parts[_HEADER] = self.session.pack({**header, "msg_id": self.session.msg_id})
        return _Text(self._signed(of.message, parts), content)

    def _clean(self, message: _Message) -> _Message:
        """Metadata, content and buffers; the same message where there is nothing to clean."""
        parts = [*message.parts]
        for place in range(_METADATA, len(parts)):
            parts[place] = self._clean_part(parts[place], packed=place < _BUFFERS)
        changed = any(new is not old for new, old in zip(parts, message.parts, strict=True))
        return self._signed(message, parts) if changed else message

    def _clean_part(self, part: Any, *, packed: bool) -> Any:
        cleaned = self._redaction.clean(part)
        if cleaned is part or not packed:
            return cleaned
        try:
            # What was found may lie across the message's own punctuation, so it is looked for in the texts themselves.
            return self.session.pack(self._redaction.clean_content(self.session.unpack(part)))
        except (ValueError, TypeError):
            return cleaned

    def _signed(self, message: _Message, parts: list[Any]) -> _Message:
        return replace(message, parts=[self.session.sign(parts[_HEADER:_BUFFERS]), *parts[1:]])

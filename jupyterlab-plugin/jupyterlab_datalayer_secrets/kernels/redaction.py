"""What a kernel received, taken out of what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

from jupyter_client.manager import KernelManager

from ..kernel.datalayer_secrets import PROTOCOL_WORDS, Redactor

#: Words of the protocol that are long enough to be somebody's value. A page that does not get them waits for ever.
_WORDS: Final = frozenset(word.decode() for word in PROTOCOL_WORDS)


class Receipts(Protocol):
    """
    What is asked of the agent, for every message and from other threads too: answers come at once, from memory, and
    what was given out does not change.
    """

    def received(self, kernel_id: str) -> Mapping[str, frozenset[str]]:
        """Every value that the kernel got since it was started, its capability too, by name. Empty for an unknown."""

    def cleans_itself(self, kernel_id: str) -> bool:
        """Whether the kernel takes them out of its messages before it sends them."""

    def redacts(self, kernel_id: str) -> bool:
        """Whether it is to be done: not where the user turned it off for the notebook."""


class Redaction:
    """
    One kernel's. It forgets nothing as long as the kernel is there, restarts included: messages and children of an
    earlier process may come late. Safe with threads.
    """

    def __init__(self, receipts: Receipts, kernel_id: str) -> None:
        self._receipts = receipts
        self._kernel_id = kernel_id
        self._known: dict[str, frozenset[str]] = {}
        self._current = Redactor()

    @property
    def cleans_messages(self) -> bool:
        """Whether the messages of this kernel are to be cleaned here."""
        receipts, kernel_id = self._receipts, self._kernel_id
        if receipts.cleans_itself(kernel_id) or not receipts.redacts(kernel_id):
            return False
        return self._redactor.longest > 0

    def clean(self, data: bytes) -> bytes:
        """With `[NAME]` for each value in any of its forms; the same object where there is none."""
        return self._redactor.clean(data)

    def held(self, data: bytes) -> int:
        """How many bytes at the end may be the beginning of a value; what is before them can be cleaned and sent."""
        return self._redactor.held(data)

    def clean_text(self, text: str) -> str:
        data = text.encode("utf-8", "surrogatepass")
        cleaned = self.clean(data)
        return text if cleaned is data else cleaned.decode("utf-8", "surrogatepass")

    def clean_content(self, content: Any) -> Any:
        """
        Content or metadata of a message, unpacked. What the protocol itself has in it stays: the keys of the two
        outermost levels (fields, and the types of a bundle), its words and its numbers.
        """
        return self._clean(content, 0)

    def _clean(self, part: Any, depth: int) -> Any:
        if isinstance(part, str):
            return part if depth == 1 and part in _WORDS else self.clean_text(part)
        if isinstance(part, dict):
            return {
                key if depth < 2 else self.clean_text(key): self._clean(inner, depth + 1) for key, inner in part.items()
            }
        if isinstance(part, list):
            return [self._clean(inner, depth + 1) for inner in part]
        if depth > 1 and type(part) in (int, float):
            text = repr(part)
            cleaned = self.clean_text(text)
            return cleaned if cleaned.startswith("[") and cleaned.endswith("]") else part
        return part

    @property
    def _redactor(self) -> Redactor:
        received = self._receipts.received(self._kernel_id)
        if received != self._known:
            for name, values in received.items():
                for value in values:
                    self._current.add(name, value)
            self._known = dict(received)
        return self._current


class Redactions:
    """Those of all kernels of a server. Each ends with the manager of its kernel."""

    def __init__(self, receipts: Receipts) -> None:
        self._receipts = receipts
        self._of: WeakKeyDictionary[KernelManager, Redaction] = WeakKeyDictionary()

    def of(self, kernel: KernelManager) -> Redaction:
        """The one of this kernel, from its start to its end, whatever restarts there are between."""
        found = self._of.get(kernel)
        if found is None:
            found = self._of[kernel] = Redaction(self._receipts, kernel.kernel_id)
        return found

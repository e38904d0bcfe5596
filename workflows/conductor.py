"""THE door to Temporal for the rest of the program: start, tell, wake, look. Client side only.

It connects when first used and again when the server comes back. Whatever goes wrong on the way to the server reaches
the caller as `Unavailable("TEMPORAL_AWAY")`; nothing is lost by that, since what should be told stands in the rows.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import GrpcCompression, RetryConfig, RPCError, RPCStatusCode

from domain.errors import Unavailable
from workflows.codec import data_converter
from workflows.messages import EVENT_LIMIT, TOLD, WOKEN, Start, workflow_id, workflow_type

TASK_TIMEOUT: Final = timedelta(seconds=3)
"""Of a workflow task: after a killed worker the rest waits this long instead of Temporal's default of 10 s."""

_CALL_TIMEOUT: Final = timedelta(seconds=5)
_HEALTH_TIMEOUT: Final = timedelta(seconds=1)
_RETRY: Final = RetryConfig(max_retries=2, max_elapsed_time_millis=2_000)
_SUMMARIES: Final = {"case": "kepulangan satu orang", "desk": "meja satu instansi"}

T = TypeVar("T")


class Told(StrEnum):
    """What a call found."""

    STARTED = "STARTED"  # no run was there; one is now
    SIGNALLED = "SIGNALLED"  # a run took the signal
    CLOSED = "CLOSED"  # its run has ended and is never run again; if the rows say open, a person must look


@dataclass(frozen=True, slots=True)
class Seen:
    """Temporal's view of one conductor. `failing`: highest number of tries of a pending activity. Times aware UTC."""

    workflow_id: str
    status: str
    started_at: datetime
    closed_at: datetime | None
    events: int
    pending: int
    failing: int


class Conductor:
    """One per process. Make it inside the process that uses it; it holds no connection until its first call."""

    def __init__(
        self,
        address: str,
        keys: Mapping[str, bytes],
        current_key: str,
        *,
        namespace: str = "default",
        task_queue: str = "pulang",
        event_limit: int = EVENT_LIMIT,
        identity: str | None = None,
    ) -> None:
        """address: `host:port`. keys: id → 32 bytes, for the codec. identity stands in clear in histories."""
        self.address = address
        self.task_queue = task_queue
        self._namespace = namespace
        self._converter = data_converter(keys, current_key)
        self._event_limit = event_limit
        self._identity = identity
        self._client: Client | None = None

    async def client(self) -> Client:
        """The client that connects by itself when it is used."""
        if self._client is None:
            self._client = await self._connect(lazy=True)
        return self._client

    async def connected(self) -> Client:
        """A client that is connected now, as a worker needs it. Raises Unavailable("TEMPORAL_AWAY")."""
        return await self._reach(self._connect(lazy=False))

    async def tell(self, subject: str, kind: str, generation: int, started: int, row: int) -> Told:
        """The journal of *subject* has reached *row*; starts its conductor when there is none.

        started: the generation that was started before.
        """
        return await self._send(subject, kind, generation, started, TOLD, row)

    async def wake(self, subject: str, kind: str, generation: int, started: int, offset_s: float) -> Told:
        """A moment of *subject* is past on the application clock, *offset_s* seconds ahead of real time."""
        return await self._send(subject, kind, generation, started, WOKEN, offset_s)

    async def describe(self, subject: str, generation: int) -> Seen | None:
        """None when Temporal does not know it (never started, or closed longer ago than its retention)."""
        name = workflow_id(subject, generation)
        client = await self.client()
        try:
            found = await self._reach(client.get_workflow_handle(name).describe(rpc_timeout=_CALL_TIMEOUT))
        except _NotFound:
            return None
        pending = found.raw_description.pending_activities
        return Seen(
            workflow_id=name,
            status=(found.status or WorkflowExecutionStatus.RUNNING).name,
            started_at=found.start_time,
            closed_at=found.close_time,
            events=found.history_length,
            pending=len(pending),
            failing=max((activity.attempt for activity in pending), default=0),
        )

    async def health(self) -> bool:
        """Whether the server answers now. Never raises."""
        client = await self.client()
        try:
            return await self._reach(client.service_client.check_health(timeout=_HEALTH_TIMEOUT))
        except (Unavailable, _NotFound):
            return False

    async def _send(self, subject: str, kind: str, generation: int, started: int, signal: str, news: float) -> Told:
        name = workflow_id(subject, generation)
        if kind == "desk":
            if not await self._signal_with_start(name, kind, subject, signal, news):
                return Told.CLOSED
            return Told.STARTED if started < generation else Told.SIGNALLED
        if started < generation and await self._start(name, kind, subject):
            return Told.STARTED
        if await self._signal(name, signal, news):
            return Told.SIGNALLED
        # Not there although it was started once: a new, empty Temporal takes it; one that has seen it end does not.
        return Told.STARTED if await self._start(name, kind, subject) else Told.CLOSED

    async def _start(self, name: str, kind: str, subject: str) -> bool:
        """False when this id was used before, whether its run is open or closed."""
        client = await self.client()
        try:
            await self._reach(
                client.start_workflow(
                    workflow_type(kind),
                    Start(subject, self._event_limit),
                    id=name,
                    task_queue=self.task_queue,
                    task_timeout=TASK_TIMEOUT,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                    static_summary=_SUMMARIES[kind],
                    rpc_timeout=_CALL_TIMEOUT,
                )
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def _signal(self, name: str, signal: str, news: float) -> bool:
        """False when no open run has this id."""
        client = await self.client()
        try:
            await self._reach(client.get_workflow_handle(name).signal(signal, news, rpc_timeout=_CALL_TIMEOUT))
        except _NotFound:
            return False
        return True

    async def _signal_with_start(self, name: str, kind: str, subject: str, signal: str, news: float) -> bool:
        """False when this id was used before and its run is closed."""
        client = await self.client()
        try:
            await self._reach(
                client.start_workflow(
                    workflow_type(kind),
                    Start(subject, self._event_limit),
                    id=name,
                    task_queue=self.task_queue,
                    task_timeout=TASK_TIMEOUT,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    static_summary=_SUMMARIES[kind],
                    start_signal=signal,
                    start_signal_args=[news],
                    rpc_timeout=_CALL_TIMEOUT,
                )
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def _connect(self, lazy: bool) -> Client:
        return await Client.connect(
            self.address,
            namespace=self._namespace,
            data_converter=self._converter,
            retry_config=_RETRY,
            # Our messages are tiny and the server is near: packing them costs more than it saves.
            grpc_compression=GrpcCompression.NONE,
            identity=self._identity,
            lazy=lazy,
        )

    async def _reach(self, call: Awaitable[T]) -> T:
        """One call to the server. `_NotFound` and `WorkflowAlreadyStartedError` are answers; the rest means: away."""
        try:
            return await call
        except RPCError as failed:
            if failed.status == RPCStatusCode.NOT_FOUND and "namespace" not in failed.message.lower():
                raise _NotFound from None
            raise Unavailable("TEMPORAL_AWAY") from failed
        except (RuntimeError, OSError) as failed:  # RuntimeError: how the SDK says that a first connection failed
            raise Unavailable("TEMPORAL_AWAY") from failed


class _NotFound(Exception):
    """The server knows no such open workflow."""

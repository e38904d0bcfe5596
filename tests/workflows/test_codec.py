"""What Temporal stores of payloads and failures is encrypted, with the id of its key beside it."""

import pytest
from cryptography.exceptions import InvalidTag
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from workflows.codec import ENCODING, LARGEST_PAYLOAD, PayloadRefused, SealedCodec, data_converter
from workflows.messages import Start

OLD, NEW = {"k1": b"1" * 32}, {"k1": b"1" * 32, "k2": b"2" * 32}


@pytest.mark.proves("I08")
async def test_a_payload_is_sealed_and_comes_back() -> None:
    converter = data_converter(NEW, "k2")

    (sealed,) = await converter.encode([Start("case-1")])

    assert (sealed.metadata["encoding"], sealed.metadata["key"]) == (ENCODING, b"k2")
    assert b"case-1" not in sealed.SerializeToString()
    assert await converter.decode([sealed], [Start]) == [Start("case-1")]


async def test_after_a_new_key_the_old_payloads_are_still_read() -> None:
    (sealed,) = await data_converter(OLD, "k1").encode(["case-1"])

    assert await data_converter(NEW, "k2").decode([sealed], [str]) == ["case-1"]


async def test_a_payload_of_an_unknown_key_is_refused_by_name() -> None:
    (sealed,) = await data_converter(NEW, "k2").encode(["case-1"])

    with pytest.raises(PayloadRefused, match="k2"):
        await SealedCodec(OLD, "k1").decode([sealed])


async def test_a_changed_payload_or_key_id_is_noticed() -> None:
    codec = SealedCodec(NEW, "k2")
    (sealed,) = await codec.encode([Payload(data=b"x")])
    other_key = Payload(metadata={"encoding": ENCODING, "key": b"k1"}, data=sealed.data)

    with pytest.raises(InvalidTag):
        await codec.decode([other_key])


async def test_a_payload_beyond_the_limit_is_refused_here() -> None:
    with pytest.raises(PayloadRefused):
        await SealedCodec(NEW, "k2").encode([Payload(data=b"x" * (LARGEST_PAYLOAD + 1))])


async def test_a_payload_in_clear_passes_as_it_is() -> None:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"x"')

    assert await SealedCodec(NEW, "k2").decode([plain]) == [plain]


@pytest.mark.proves("I08")
async def test_the_message_of_a_failure_is_sealed_too() -> None:
    failure = Failure()

    await data_converter(NEW, "k2").encode_failure(ApplicationError("secret words", type="UNKNOWN"), failure)

    assert b"secret words" not in failure.SerializeToString()
    assert failure.application_failure_info.type == "UNKNOWN"

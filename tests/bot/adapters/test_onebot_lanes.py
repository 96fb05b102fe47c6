import asyncio

from bot.adapters.onebot_lanes import Lanes


async def test_a_full_queue_waits_and_loses_nothing() -> None:
    lanes = Lanes(most_items=2)
    gate = asyncio.Event()
    done: list[int] = []

    async def work(number: int) -> None:
        await gate.wait()
        done.append(number)

    async def put_all() -> None:
        for number in range(5):
            await lanes.put("group:1", 1, lambda number=number: work(number))  # type: ignore[misc]

    putting = asyncio.create_task(put_all())
    await asyncio.sleep(0.01)
    assert not putting.done()
    gate.set()
    await putting
    await lanes.drain(1)
    assert done == [0, 1, 2, 3, 4]


async def test_heavy_works_fill_the_queue_by_their_bytes() -> None:
    lanes = Lanes(most_bytes=100)
    gate = asyncio.Event()

    async def work() -> None:
        await gate.wait()

    await lanes.put("group:1", 200, work)
    second = asyncio.create_task(lanes.put("group:2", 1, work))
    await asyncio.sleep(0.01)
    assert not second.done()
    gate.set()
    await second
    await lanes.drain(1)


async def test_what_does_not_end_is_given_up_at_the_end() -> None:
    lanes = Lanes()
    await lanes.put("group:1", 1, asyncio.Event().wait)  # type: ignore[arg-type]
    await lanes.drain(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}

"""Who waits for a lock gets it by the order of coming."""

import threading

import pytest

from bot.fair_lock import FairLock
from tests.waiting import until

MANY = 40


def test_those_who_wait_enter_in_the_order_in_which_they_came() -> None:
    lock, entered = FairLock(), []

    def enter(number: int) -> None:
        with lock:
            entered.append(number)

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(MANY)]
    with lock:
        for number, thread in enumerate(threads, start=1):
            thread.start()
            until(lambda number=number: len(lock._waiting) == number)
        assert entered == []
    for thread in threads:
        thread.join()
    assert entered == list(range(MANY))


def test_nobody_is_inside_together_with_another() -> None:
    lock, inside, most = FairLock(), [0], [0]

    def enter() -> None:
        for _ in range(200):
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_an_error_inside_lets_the_next_one_in() -> None:
    lock = FairLock()
    with pytest.raises(KeyError), lock:
        raise KeyError
    with lock:
        pass

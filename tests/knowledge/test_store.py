"""Passages: identity, ids, generation, full-text search."""

import sqlite3
import threading
import warnings
from dataclasses import replace
from itertools import count

import pytest

from knowledge import words
from knowledge.database import Database
from knowledge.store import DuplicatePassageError, PassageStore, UnknownPassageError
from knowledge.types import Changes, Language, Passage


@pytest.fixture
def store(database: Database) -> PassageStore:
    ticks = count(1)
    return PassageStore(database, lambda: f"2026-01-01T00:00:{next(ticks):02}Z")


def faq(question: str, answer: str, language: Language = "en", approved: bool = True) -> Passage:
    return Passage(0, "faq", language, question, question, answer, "faq.csv", approved)


RETURNS = faq("How do I return an item?", "Send the parcel back within 30 days.")
DELIVERY = faq("How long does delivery take?", "Two working days.")
REFUND_ZH = faq("退款多久到账？", "退款会在三个工作日内原路退回支付宝。", "zh")


def only(store: PassageStore) -> Passage:
    [passage] = store.all()
    return passage


def test_add_gives_ids_and_the_time(store: PassageStore) -> None:
    assert store.add([RETURNS, DELIVERY]) == Changes(added=2)
    first, second = store.all()
    assert first == replace(RETURNS, id=first.id, updated="2026-01-01T00:00:01Z")
    assert second.id > first.id > 0


def test_add_of_the_same_again_changes_nothing(store: PassageStore) -> None:
    store.add([RETURNS])
    before = store.generation
    assert store.add([RETURNS, RETURNS]) == Changes(unchanged=2)
    assert store.generation == before


@pytest.mark.parametrize("changed", [{"body": "Within 60 days."}, {"title": "Returns"}])
def test_add_updates_a_changed_body_or_title_in_place(
    store: PassageStore, changed: dict[str, str]
) -> None:
    store.add([RETURNS])
    old = only(store)
    assert store.add([replace(RETURNS, **changed)]) == Changes(updated=1)
    assert only(store) == replace(old, **changed, updated="2026-01-01T00:00:02Z")


@pytest.mark.parametrize(
    "other",
    [{"source": "other.csv"}, {"language": "zh"}, {"kind": "doc"}, {"key": "Another question?"}],
)
def test_identity_is_kind_language_source_and_key(
    store: PassageStore, other: dict[str, str]
) -> None:
    assert store.add([RETURNS, replace(RETURNS, **other)]) == Changes(added=2)  # type: ignore[arg-type]


def test_import_of_the_same_file_keeps_the_decision_of_the_staff(store: PassageStore) -> None:
    store.add([RETURNS])
    store.update(replace(only(store), approved=False))
    store.add([RETURNS])
    assert not only(store).approved


def test_ids_are_never_given_twice(store: PassageStore) -> None:
    store.add([RETURNS])
    first = only(store).id
    store.remove([first])
    store.add([RETURNS])
    assert only(store).id > first


def test_many_passages_are_stored_in_batches(store: PassageStore) -> None:
    many = (faq(f"Question {number}?", "Yes.") for number in range(1200))
    assert store.add(many) == Changes(added=1200)
    assert store.count() == 1200


def test_failed_transaction_around_add_leaves_nothing(
    store: PassageStore, database: Database
) -> None:
    def add_and_fail() -> None:
        with database.write():
            store.add([RETURNS])
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        add_and_fail()
    assert (store.count(), store.generation) == (0, 0)
    assert store.search("return item", "en", 5) == []


def test_get_keeps_the_order_and_leaves_out_what_is_unknown(store: PassageStore) -> None:
    store.add([RETURNS, DELIVERY])
    first, second = store.all()
    assert store.get([second.id, 999, first.id]) == [second, first]
    assert store.get([]) == []


def test_get_takes_more_ids_than_sqlite_has_variables(store: PassageStore) -> None:
    store.add([RETURNS])
    assert len(store.get(range(50_000))) == 1


def test_all_count_and_ids_filter_by_language_and_approval(store: PassageStore) -> None:
    store.add([RETURNS, replace(DELIVERY, approved=False), REFUND_ZH])
    returns, delivery, refund = store.all()
    assert store.all(language="en") == [returns, delivery]
    assert store.all(approved=False) == [delivery]
    assert store.ids("en", approved=True) == [returns.id]
    assert store.ids("zh") == [refund.id]
    assert store.count(approved=True) == 2
    assert store.count(kind="doc") == 0


def test_update_replaces_and_sets_the_time(store: PassageStore) -> None:
    store.add([RETURNS])
    changed = replace(only(store), key="Sending things back", support=4, approved=False)
    store.update(changed)
    assert only(store) == replace(changed, updated="2026-01-01T00:00:02Z")


def test_update_without_a_change_is_none(store: PassageStore) -> None:
    store.add([RETURNS])
    before = store.generation
    store.update(only(store))
    assert store.generation == before


def test_update_of_an_unknown_passage_says_so(store: PassageStore) -> None:
    with pytest.raises(UnknownPassageError, match="found id 7"):
        store.update(replace(RETURNS, id=7))


def test_update_into_the_place_of_another_says_so(store: PassageStore) -> None:
    store.add([RETURNS, DELIVERY])
    first, second = store.all()
    with pytest.raises(DuplicatePassageError, match="change or remove that one"):
        store.update(replace(second, key=first.key))
    assert store.all() == [first, second]


def test_remove_returns_how_many_were_there(store: PassageStore) -> None:
    store.add([RETURNS, DELIVERY])
    first, second = store.all()
    assert store.remove([first.id, first.id, 999]) == 1
    assert store.all() == [second]


def test_changes_since_names_what_an_index_lacks(store: PassageStore) -> None:
    store.add([RETURNS, DELIVERY, REFUND_ZH])
    returns, delivery, _ = store.all()
    seen = store.generation
    assert store.changes_since(seen, "en") == ([], [])
    store.update(replace(returns, body="Within 60 days."))
    store.remove([delivery.id])
    changed, removed = store.changes_since(seen, "en")
    assert [passage.body for passage in changed] == ["Within 60 days."]
    assert removed == [delivery.id]
    assert store.changes_since(seen, "zh") == ([], [])
    assert store.changes_since(store.generation, "en") == ([], [])


def test_passage_that_changes_its_language_leaves_one_index_and_enters_the_other(
    store: PassageStore,
) -> None:
    store.add([RETURNS])
    old = only(store)
    seen = store.generation
    store.update(replace(old, language="zh"))
    assert store.changes_since(seen, "en") == ([], [old.id])
    assert [passage.id for passage in store.changes_since(seen, "zh")[0]] == [old.id]
    assert store.search("return an item", "en", 5) == []
    store.update(replace(old, language="en"))
    assert store.changes_since(seen, "en")[1] == []
    assert store.changes_since(seen, "zh") == ([], [old.id])


def test_generation_is_kept_on_disk(store: PassageStore, database: Database) -> None:
    store.add([RETURNS, DELIVERY])
    assert PassageStore(database, lambda: "").generation == store.generation > 0


def found(store: PassageStore, text: str, language: Language = "en") -> list[str]:
    hits = store.search(text, language, 5)
    return [passage.key for passage in store.get([passage_id for passage_id, _ in hits])]


def test_search_finds_inflected_and_accented_words(store: PassageStore) -> None:
    store.add([RETURNS, DELIVERY, faq("Is the café open?", "Yes.")])
    assert found(store, "returned items") == [RETURNS.key]
    assert found(store, "CAFE opening") == ["Is the café open?"]


def test_search_ranks_higher_scores_first(store: PassageStore) -> None:
    store.add([RETURNS, DELIVERY, faq("How do I return a damaged item?", "Call us.")])
    hits = store.search("return damaged item", "en", 5)
    assert found(store, "return damaged item")[0] == "How do I return a damaged item?"
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
    assert len(store.search("return damaged item", "en", 1)) == 1


def test_word_of_the_question_weighs_more_than_one_of_the_answer(store: PassageStore) -> None:
    store.add([faq("Contact", "Ask about vouchers here."), faq("Vouchers", "Ask about them here.")])
    store.add([faq(f"Other {number}", "Nothing to see here.") for number in range(5)])
    assert found(store, "vouchers") == ["Vouchers", "Contact"]


def test_chinese_is_found_by_word(store: PassageStore) -> None:
    store.add([REFUND_ZH, faq("可以开发票吗？", "可以，在订单页申请。", "zh")])
    assert found(store, "我的退款什么时候能到账呢", "zh") == [REFUND_ZH.key]
    assert found(store, "支付宝", "zh") == [REFUND_ZH.key]
    assert found(store, "怎么开发票？", "zh") == ["可以开发票吗？"]


def test_chinese_finds_product_names_in_any_width_and_case(store: PassageStore) -> None:
    store.add([faq("iPhone 15 保修多久？", "一年。", "zh")])
    assert found(store, "ＩＰＨＯＮＥ坏了", "zh") == ["iPhone 15 保修多久？"]


@pytest.mark.parametrize("text", ["", "   ", "what is the", "???", '"', "什么", "!!! :-)"])
def test_question_without_words_finds_nothing(store: PassageStore, text: str) -> None:
    store.add([RETURNS, REFUND_ZH])
    assert store.search(text, "en", 5) == []
    assert store.search(text, "zh", 5) == []


@pytest.mark.parametrize(
    "text", ['return" OR "', "return AND", "NOT return*", "title:return", "(return", "return^2"]
)
def test_operators_of_the_query_language_are_plain_words(store: PassageStore, text: str) -> None:
    store.add([RETURNS])
    assert found(store, text) == [RETURNS.key]


def test_search_shows_what_is_not_approved_only_on_demand(store: PassageStore) -> None:
    store.add([RETURNS, replace(RETURNS, source="chat", approved=False)])
    shown, hidden = store.all()
    assert [hit for hit, _ in store.search("return", "en", 5)] == [shown.id]
    assert [hit for hit, _ in store.search("return", "en", 5, approved=False)] == [hidden.id]
    assert len(store.search("return", "en", 5, approved=None)) == 2
    store.update(replace(hidden, approved=True))
    assert len(store.search("return", "en", 5)) == 2


def test_word_approved_in_a_passage_is_a_word_like_others(store: PassageStore) -> None:
    store.add([RETURNS, faq("When is my loan approved?", "Soon.")])
    assert found(store, "approved") == ["When is my loan approved?"]


def test_search_forgets_what_was_removed_or_changed(store: PassageStore) -> None:
    store.add([RETURNS, DELIVERY])
    returns, delivery = store.all()
    store.remove([returns.id])
    store.update(replace(delivery, key="Shipping", title="Shipping"))
    assert found(store, "return item delivery") == []
    assert found(store, "shipping") == ["Shipping"]


def test_scores_are_those_of_fts5_itself(store: PassageStore, database: Database) -> None:
    colours = ["red", "blue", "green", "red red", "blue red", "grey", "white", "black"]
    store.add([faq(f"Is the {c} {n} ok?", f"Yes, {c}.") for n, c in enumerate(colours * 3)])
    rows = database.connection.execute(
        "SELECT rowid, -rank FROM passages_en WHERE passages_en MATCH 'red OR blue' ORDER BY rowid"
    ).fetchall()
    for _ in range(2):
        found = dict(store.search("red or blue?", "en", 100))
        assert sorted(found) == [row[0] for row in rows]
        assert [found[row[0]] for row in rows] == pytest.approx([row[1] for row in rows], rel=1e-5)


def test_no_passage_scores_above_the_ideal(store: PassageStore) -> None:
    store.add([faq(f"Item {number}?", "Yes.") for number in range(20)])
    store.add([faq("refund refund refund refund", "refund " * 50)])
    lexical = store.lexical("refund", "en")
    assert 0.7 * lexical.ideal < lexical.scores.max() < lexical.ideal


def test_search_within_a_transaction_that_is_rolled_back_leaves_no_trace(
    store: PassageStore, database: Database
) -> None:
    def add_search_and_fail() -> None:
        with database.write():
            store.add([RETURNS])
            assert found(store, "return") == [RETURNS.key]
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        add_search_and_fail()
    store.add([DELIVERY])
    assert store.search("return", "en", 5) == []
    assert found(store, "delivery") == [DELIVERY.key]


def test_searching_goes_on_while_others_add_and_remove(store: PassageStore) -> None:
    store.add([RETURNS])
    failures: list[object] = []
    done = threading.Event()

    def change() -> None:
        for number in range(40):
            store.add([faq(f"How do I return item {number}?", "Send it back.")])
            store.remove(store.ids("en")[1:])
        done.set()

    def search() -> None:
        while not done.is_set():
            try:
                best = store.search("send the parcel back within 30 days", "en", 3)
                assert best[0][0] == 1
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for work in (search, search, change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_very_long_question_is_searched(store: PassageStore) -> None:
    store.add([RETURNS])
    assert found(store, "return " + " ".join(f"word{n}" for n in range(100))) == [RETURNS.key]


def test_k_of_zero_finds_nothing(store: PassageStore) -> None:
    store.add([RETURNS])
    assert store.search("return", "en", 0) == []


def test_segmentation_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    words._segmenter.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        words.warm_up("zh")
    assert capfd.readouterr() == ("", "")


def test_store_works_on_a_plain_sqlite_connection_afterwards(
    store: PassageStore, database: Database
) -> None:
    store.add([RETURNS])
    with sqlite3.connect(database.path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()

"""The assistant as a whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from assistant import Assistant, Request, RoughAnswer, Settings
from corpus import IndexUnavailable

MESSAGES = ["退款怎么还没到", "能开发票吗", "快递三天没动", "尺码偏大吗", "一群骗子", "我要转人工", "话费扣多了", "谢谢你"]


def test_threads_get_the_answers_they_would_get_alone(assistant):
    alone = [assistant.suggest(Request(message)).replies for message in MESSAGES]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda message: assistant.suggest(Request(message)).replies, MESSAGES * 3))
    assert together == alone * 3


def test_a_chosen_scenario_is_taken_at_its_word(assistant):
    found = assistant.suggest(Request("嗯嗯", scenario="invoice_issue"))
    assert (found.scenario.id, found.scenario.confidence) == ("invoice_issue", 1.0)
    assert "发票" in found.replies[0].text


def test_facts_of_the_caller_win_over_the_scenarios_commitments(assistant):
    found = assistant.suggest(Request("退款呢", scenario="refund_progress", facts={"deadline": "明天中午前"}))
    assert "明天中午前" in found.replies[0].text
    assert {slot.name: slot.value for slot in found.replies[0].slots}["deadline"] == "明天中午前"


def test_a_traditional_message_is_answered_in_traditional_characters_and_checked_again(assistant):
    (reply,) = assistant.suggest(Request("退貨寄回去一週了，錢還沒退給我")).replies
    assert reply.verified
    assert "請" in reply.text or "煩" in reply.text
    assert "".join(sentence.text for sentence in reply.sentences) == reply.text


def test_replies_name_clauses_that_exist(assistant):
    found = assistant.suggest(Request("快递显示签收了但我没拿到"))
    cited = {clause for sentence in found.replies[0].sentences for clause in sentence.clauses}
    assert cited
    assert cited <= assistant.corpus.clauses.keys()
    assert all(clause.id in assistant.corpus.clauses for clause in found.clauses)


def test_an_index_lost_in_mid_session_costs_the_search_by_meaning_only(home):
    own = Assistant.load(Settings(home=home))

    class Gone:
        def nearest(self, *_):
            raise IndexUnavailable("the server went away")

    own.retriever._index = Gone()
    found = own.suggest(Request("退款怎么还没到"))
    assert found.replies[0].verified
    assert any("the server went away" in note for note in found.notes)


def test_a_question_back_names_only_things_that_can_be_asked_for(assistant):
    for message in ("那个东西弄好了没有", "你们看着办吧这事", "这个行不行啊到底"):
        (reply,) = assistant.suggest(Request(message)).replies
        assert reply.verified
        assert "辱骂" not in reply.text


def test_a_rough_answer_gets_its_safe_fixes_and_keeps_its_facts(assistant):
    rough = "你的退款59元3天内到账，这个我不知道具体几点"
    done = assistant.rewrite(RoughAnswer(rough, "退款呢？什么时候到", scenario="refund_progress"))
    assert "你" not in done.reply.text
    assert "59元" in done.reply.text
    assert "3天" in done.reply.text
    assert any(change.rule == "wording.ni_nin" for change in done.changes)
    assert any(finding.severity == "error" for finding in done.original.findings)


def test_missing_elements_are_added_with_the_apology_first(assistant):
    done = assistant.rewrite(RoughAnswer("在催了。", "都八天了还不到，什么破快递！！！", scenario="logistics_stuck"))
    apology = done.reply.text.find("抱歉")
    assert apology != -1
    assert apology < done.reply.text.find("催")


def test_an_inserted_apology_stands_after_the_greeting_and_names_its_rule(assistant):
    rough = "您好，我联系快递催一下！"
    done = assistant.rewrite(RoughAnswer(rough, "都八天了还不到，什么破快递！！！", scenario="logistics_stuck"))
    assert done.reply.text.startswith("您好，")
    assert 0 < done.reply.text.find("抱歉") < done.reply.text.find("联系快递催")
    assert "！。" not in done.reply.text
    assert {c.rule for c in done.changes if c.op == "insert"} <= {*assistant.corpus.rules} | {"require.scenario.apology"}


def test_a_phrase_with_one_word_changed_is_adapted(assistant):
    for phrase in [p for p in assistant.corpus.approved if "{" not in p.text and len(p.text) >= 12][::40]:
        middle = len(phrase.text) // 2
        (sentence, *_) = assistant.sources.trace(phrase.text[:middle] + "甲乙" + phrase.text[middle + 2 :])
        assert sentence.kind in ("adapted", "standard"), phrase.text
        assert assistant.sources.trace(phrase.text)[0].kind == "standard" or len(assistant.sources.trace(phrase.text)) > 1

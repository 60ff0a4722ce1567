"""The vector index over clauses, phrases and wordings. The one home of `chromadb`.

The index is derived data, named by a digest of its content: local builds go into a fresh folder and become visible by
one atomic rename of a small manifest; on a Chroma server they become visible by renaming the collection. A build killed
half-way is therefore never seen, and a stale index is simply another name.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import numpy as np
from filelock import FileLock, Timeout

from corpus.embed import Embedder, Matrix
from corpus.errors import CorpusError, IndexUnavailable
from corpus.items import Item, ItemKind, digest_of
from corpus.vectors import Progress, count_known, embed_missing, vectors_of

FORM = 2
KEPT = 3
_COLLECTION = "huashu"
_PASSING = "building"
_ORPHAN_AGE_S = 3600
_LOCK_WAIT_S = 180
# With more than this share of its texts new, an index is written afresh instead of patching a copy of the last one.
_PATCHED = 0.3

# Chroma's table of open databases is not safe between threads.
_OPENING = threading.Lock()


@dataclass(frozen=True)
class BuildReport:
    """What a build did: items embedded anew, vectors reused, seconds taken; `built` is False when it was fresh already."""

    built: bool
    embedded: int
    reused: int
    seconds: float


class Index:
    """An open index: nearest items by cosine."""

    def __init__(self, collection: Any, digest: str, place: str) -> None:
        self._collection = collection
        self.digest = digest
        self.place = place
        self._silent = f"the index at {place!r} does not answer; run `huashu doctor`"

    def nearest(self, vector: Matrix, k: int, kinds: Sequence[ItemKind]) -> list[tuple[str, float]]:
        """Return up to `k` (item id, cosine similarity), best first."""
        with _plain_errors(self._silent):
            answer = self._collection.query(
                query_embeddings=np.atleast_2d(vector), n_results=k, where={"kind": {"$in": list(kinds)}}, include=["distances"]
            )
        return [(item, 1.0 - float(d)) for item, d in zip(answer["ids"][0], answer["distances"][0], strict=True)]

    def vectors(self, kind: ItemKind) -> tuple[list[str], Matrix]:
        """Return the ids and unit vectors of all items of a kind, ordered by id."""
        with _plain_errors(self._silent):
            answer = self._collection.get(where={"kind": kind}, include=["embeddings"])
        order = sorted(range(len(answer["ids"])), key=lambda i: answer["ids"][i])
        rows = np.asarray(answer["embeddings"], dtype=np.float32)
        return [answer["ids"][i] for i in order], rows[order]

    def count(self) -> int:
        """Return the number of items."""
        with _plain_errors(self._silent):
            return int(self._collection.count())


@contextmanager
def _plain_errors(what: str) -> Iterator[None]:
    """Turn whatever Chroma raises, its Rust panics included, into IndexUnavailable."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, CorpusError):
        raise
    except BaseException as error:  # a Rust panic is a BaseException
        raise IndexUnavailable(f"{what}: {type(error).__name__}: {str(error)[:200]}") from error


def _settings() -> Any:
    import chromadb

    return chromadb.Settings(anonymized_telemetry=False)


def _fill(collection: Any, items: Sequence[Item], vectors: dict[str, Any], embedder_id: str, batch: int) -> None:
    for start in range(0, len(items), batch):
        part = items[start : start + batch]
        collection.upsert(
            ids=[item.id for item in part],
            embeddings=np.stack([vectors[item.id] for item in part]),
            documents=[item.text for item in part],
            metadatas=[
                {
                    "kind": i.kind,
                    "title": i.title,
                    "scenarios": " ".join(i.scenarios),
                    "digest": "" if i.basis else i.digest(embedder_id),
                    "mark": i.mark(embedder_id),
                }
                for i in part
            ],
        )


def _bring_up_to_date(collection: Any, items: Sequence[Item], known: dict[str, Any], embedder_id: str, batch: int) -> None:
    """Delete the rows that no item has, write those that are new or changed."""
    rows = collection.get(include=["metadatas"])
    marks = {id_: meta.get("mark") for id_, meta in zip(rows["ids"], rows["metadatas"], strict=True)}
    gone = list(marks.keys() - {item.id for item in items})
    for start in range(0, len(gone), batch):
        collection.delete(ids=gone[start : start + batch])
    changed = [item for item in items if marks.get(item.id) != item.mark(embedder_id)]
    _fill(collection, changed, vectors_of(items, known, embedder_id), embedder_id, batch)


def _vectors_in(collection: Any) -> dict[str, Any]:
    answer = collection.get(include=["embeddings", "metadatas"])
    pairs = zip(answer["metadatas"], answer["embeddings"], strict=True)
    return {meta["digest"]: row for meta, row in pairs if meta["digest"]}


def _checksums(folder: Path) -> dict[str, int]:
    """Return a checksum of each finished vector file: Chroma has none, and a damaged file can crash the process."""
    paths = [path for finished in folder.glob("*/index_metadata.pickle") for path in finished.parent.iterdir()]
    return {str(path.relative_to(folder)): zlib.crc32(path.read_bytes()) for path in paths}


class LocalStore:
    """Indexes in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, digest: str) -> Index | None:
        """Return the index of this digest; None when there is none or it is damaged."""
        manifest = self._manifest(digest)
        try:
            told = json.loads(manifest.read_text(encoding="utf-8"))
            folder, count, vectors = self.root / told["folder"], int(told["count"]), told["vectors"]
            if not (folder / "chroma.sqlite3").is_file() or _checksums(folder) != vectors:
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        with _OPENING, suppress(IndexUnavailable), _plain_errors("damaged index"):
            collection = self._client(folder).get_collection(_COLLECTION, embedding_function=None)
            if collection.count() == count:
                probe = collection.get(limit=1, include=["embeddings"])["embeddings"]
                collection.query(query_embeddings=np.asarray(probe, dtype=np.float32), n_results=1)
                return Index(collection, digest, str(folder))
        return None

    def build(self, items: Sequence[Item], embedder: Embedder, digest: str, progress: Progress | None) -> tuple[int, int]:
        """Build into a fresh folder and show it by an atomic rename; return (embedded, reused)."""
        seed, known = self._seed()
        reused = count_known(items, embedder, known)
        embedded = embed_missing(items, embedder, known, progress)
        folder = Path(tempfile.mkdtemp(prefix="gen-", dir=self.root))
        if seed is not None and embedded <= len(items) * _PATCHED:
            shutil.copytree(seed, folder, dirs_exist_ok=True)
        with _plain_errors(f"Chroma could not write the index in {str(folder)!r}"):
            with _OPENING:
                client = self._client(folder)
            collection = client.get_or_create_collection(
                _COLLECTION, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
            _bring_up_to_date(collection, items, known, embedder.id, client.get_max_batch_size())
            with _OPENING:
                client.close()
        told = {"folder": folder.name, "count": len(items), "vectors": _checksums(folder), "form": FORM}
        draft = self.root / f"{digest}.{uuid.uuid4().hex}.tmp"
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(self._manifest(digest))
        self._prune(digest)
        return embedded, reused

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the builders' lock, so that a second process waits instead of doing the work twice."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / "build.lock")
            lock.acquire(timeout=_LOCK_WAIT_S)
        except Timeout:
            # Whoever holds it is stuck; building beside it is safe, only wasteful.
            yield
            return
        except OSError as error:
            raise IndexUnavailable(
                f"cannot write the index in {str(self.root)!r} ({error.strerror or error}); "
                "set HUASHU_HOME to a folder you can write"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _client(self, folder: Path) -> Any:
        import chromadb

        return chromadb.PersistentClient(str(folder), settings=_settings())

    def _manifest(self, digest: str) -> Path:
        return self.root / f"{digest}.json"

    def _newest(self) -> list[Path]:
        return sorted(self.root.glob("*.json"), key=lambda p: p.stat().st_mtime, reverse=True)

    def _seed(self) -> tuple[Path | None, dict[str, Any]]:
        """Return the folder of the newest sound index and its vectors, to start from."""
        for manifest in self._newest()[:1]:
            index = self.open(manifest.stem)
            if index is not None:
                with suppress(IndexUnavailable), _plain_errors("damaged index"):
                    return Path(index.place), _vectors_in(index._collection)
        return None, {}

    def _prune(self, keep: str) -> None:
        manifests = [m for m in self._newest() if m.stem != keep]
        for manifest in manifests[KEPT - 1 :]:
            manifest.unlink(missing_ok=True)
        used = set()
        for manifest in self.root.glob("*.json"):
            with suppress(OSError, ValueError, KeyError, TypeError):
                used.add(json.loads(manifest.read_text(encoding="utf-8"))["folder"])
        for folder in self.root.glob("gen-*"):
            if folder.name not in used and time.time() - folder.stat().st_mtime > _ORPHAN_AGE_S:
                shutil.rmtree(folder, ignore_errors=True)


def _address(url: str) -> SplitResult:
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:  # a port that is no number raises
            return parts
    raise IndexUnavailable(f"HUASHU_CHROMA_URL is {url!r}; write it as http://host:port")


class ServerStore:
    """Indexes as collections of a Chroma server."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = _address(url)
        import chromadb

        with _plain_errors(f"no Chroma server answers at {url!r}; start one with `chroma run` or unset HUASHU_CHROMA_URL"):
            self._client = chromadb.HttpClient(
                host=parts.hostname,
                port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https",
                settings=_settings(),
            )
            self._client.heartbeat()

    def open(self, digest: str) -> Index | None:
        """Return the index of this digest, or None."""
        with suppress(IndexUnavailable), _plain_errors("no such collection"):
            collection = self._client.get_collection(self._name(digest), embedding_function=None)
            if collection.count() == int((collection.metadata or {}).get("count", -1)):
                return Index(collection, digest, self.url)
        return None

    def build(self, items: Sequence[Item], embedder: Embedder, digest: str, progress: Progress | None) -> tuple[int, int]:
        """Fill a collection under a passing name, then rename it; return (embedded, reused)."""
        with _plain_errors(f"the Chroma server at {self.url!r} could not take the index"):
            replaced = self._id_of(digest)
            known: dict[str, Any] = {}
            for old in self._finished()[:1]:
                known.update(_vectors_in(old))
            reused = count_known(items, embedder, known)
            embedded = embed_missing(items, embedder, known, progress)
            collection = self._client.create_collection(
                f"{_PASSING}-{_COLLECTION}-{uuid.uuid4().hex}",
                configuration={"hnsw": {"space": "cosine"}},
                metadata={"count": len(items), "built_at": time.time()},
                embedding_function=None,
            )
            _bring_up_to_date(collection, items, known, embedder.id, min(500, self._client.get_max_batch_size()))
            self._show(collection, digest, replaced)
            self._prune(digest)
        return embedded, reused

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Do nothing: the rename decides between two builders."""
        yield

    def _show(self, collection: Any, digest: str, replaced: Any) -> None:
        """Give the collection its final name, unless another builder was first."""
        if replaced is not None and self._id_of(digest) == replaced:
            self._client.delete_collection(self._name(digest))
        try:
            collection.modify(name=self._name(digest))
        except Exception:  # names are unique on a server
            if self.open(digest) is None:
                raise
            self._client.delete_collection(collection.name)

    def _prune(self, keep: str) -> None:
        old = [c for c in self._finished() if c.name != self._name(keep)][KEPT - 1 :]
        for collection in self._client.list_collections():
            age = time.time() - float((collection.metadata or {}).get("built_at", 0))
            if collection.name.startswith(f"{_PASSING}-{_COLLECTION}-") and age > _ORPHAN_AGE_S:
                old.append(collection)
        for collection in old:
            with suppress(Exception):  # another builder may be pruning too
                self._client.delete_collection(collection.name)

    def _id_of(self, digest: str) -> Any:
        with suppress(Exception):
            return self._client.get_collection(self._name(digest), embedding_function=None).id
        return None

    def _name(self, digest: str) -> str:
        return f"{_COLLECTION}-{digest}"

    def _finished(self) -> list[Any]:
        found = [c for c in self._client.list_collections() if c.name.startswith(f"{_COLLECTION}-")]
        return sorted(found, key=lambda c: float((c.metadata or {}).get("built_at", 0)), reverse=True)


def make_store(root: Path, url: str | None) -> LocalStore | ServerStore:
    """Return the server's store when `url` is given, else the folder's."""
    return ServerStore(url) if url else LocalStore(root)


def ensure_index(
    items: Sequence[Item],
    embedder: Embedder,
    store: LocalStore | ServerStore,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> tuple[Index, BuildReport]:
    """Open the index of these items, building it when it is missing, stale or damaged.

    Raises:
        IndexUnavailable: when it can neither be opened nor built.
    """
    start = time.perf_counter()
    digest = digest_of(items, embedder.id, FORM)
    index = None if rebuild else store.open(digest)
    if index is not None:
        return index, BuildReport(False, 0, len(items), time.perf_counter() - start)
    with store.lock():
        index = None if rebuild else store.open(digest)
        if index is not None:
            return index, BuildReport(False, 0, len(items), time.perf_counter() - start)
        try:
            embedded, reused = store.build(items, embedder, digest, progress)
        except OSError as error:
            place = getattr(store, "root", "")
            raise IndexUnavailable(
                f"cannot write the index in {str(place)!r} ({error.strerror or error}); "
                "free some space or set HUASHU_HOME to a folder you can write"
            ) from error
        index = store.open(digest)
    if index is None:
        raise IndexUnavailable("the index was built but cannot be read back; run `huashu doctor`")
    return index, BuildReport(True, embedded, reused, time.perf_counter() - start)

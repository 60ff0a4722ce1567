"""Train the clause model from wordings of acts. Needs numpy and scipy, so it runs only while a pack is compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assistant.check.clause_model import Weights, grams, spoken
from assistant.check.views import fold

# Ridge, and the score that counts as an act.
_RIDGE, _LIMIT = 1.0, 0.45


def train_acts(wordings: Mapping[str, Sequence[str]], clauses: Iterable[tuple[str, frozenset[str]]] = ()) -> Weights:
    """Fit ridge regression, one target an act, over characters and pairs weighted by rarity.

    Args:
        wordings: clauses by the act they perform; `none` holds clauses that perform none.
        clauses: further clauses, each with all its acts.
    """
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import LinearOperator, cg

    labels = tuple(act for act in wordings if act != "none")
    texts = [*((text, frozenset((act,))) for act, texts in wordings.items() for text in texts), *clauses]
    rows = [(grams(spoken(fold(text))), found) for text, found in texts]
    count = Counter(gram for row, _ in rows for gram in dict.fromkeys(row))  # a set would order the sums by chance
    column = {gram: i for i, gram in enumerate(count)}
    rarity = np.log1p(len(rows) / np.array(list(count.values())))
    places = [column[gram] for row, _ in rows for gram in row]
    values = np.concatenate([rarity[[column[gram] for gram in row]] / np.sqrt(len(row)) for row, _ in rows])
    starts = np.cumsum([0, *(len(row) for row, _ in rows)])
    features = csr_array((values, places, starts), shape=(len(rows), len(column)))
    features.sum_duplicates()
    target = np.array([[float(name in found) for name in labels] for _, found in rows])
    mean = target.mean(axis=0)
    # In the dual, one small system a label: (X Xᵀ + ridge) α = y, without ever writing X Xᵀ down.
    system = LinearOperator((len(rows), len(rows)), matvec=lambda v: features @ (features.T @ v) + _RIDGE * v, dtype=float)
    dual = np.column_stack([cg(system, target[:, j] - mean[j], rtol=1e-6, maxiter=400)[0] for j in range(len(labels))])
    weights = (features.T @ dual) * rarity[:, None]
    return Weights(labels, dict(zip(column, weights.tolist(), strict=True)), tuple(float(_LIMIT - m) for m in mean))

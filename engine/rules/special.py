"""What kernels need of NumPy and it does not have, each as one instruction: the error function, and a choice by sign.

    erf(x) = (2/√π) ∫₀ˣ exp(−t²) dt

In double precision, by two of Cody's rational functions. Near 0, erf(x) = x·P(x²)/Q(x²), taken as x + x·(P−Q)/Q so
that the large part of it is exact. Further out, 1 − erf(x) = exp(−x²)·P(x)/Q(x), where exp(−x²) is taken as
exp(−t²)·exp(−(x−t)(x+t)) with t = x cut to sixteenths, so that squaring loses nothing. From 6 on the result is 1:
what is missing is below half a unit in the last place. Cody has a third function beyond 4; there the second still
knows what is missing, less than 2e-8, to twelve digits.

The page's evaluator holds the same algorithm in static/special.js; tests compare the two.

Source
    W. J. Cody, Rational Chebyshev approximations for the error function, Mathematics of Computation 23 (1969), 631-637
"""

from __future__ import annotations

import numpy as np

BLOCK = 4096
"""Elements worked on at a time, few enough for the intermediate results to stay in the processor's cache."""

NEAR, FAR = 0.5, 6.0

_NEAR_TOP = (
    *(1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2),
    *(3.77485237685302021e2, 3.20937758913846947e3),
)
_NEAR_BOTTOM = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
_FAR_TOP = (
    *(2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1),
    *(2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3),
    1.23033935479799725e3,
)
_FAR_BOTTOM = (
    *(1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2),
    *(1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3),
    1.23033935480374942e3,
)


def _columns() -> list[np.ndarray]:
    """The four polynomials side by side, from the highest power down; the shorter ones begin with zeros."""
    over_one = tuple(p - q for p, q in zip(_NEAR_TOP, _NEAR_BOTTOM, strict=True))
    rows = (over_one, _NEAR_BOTTOM, _FAR_TOP, _FAR_BOTTOM)
    longest = max(map(len, rows))
    table = np.array([[0.0] * (longest - len(row)) + list(row) for row in rows])
    return [np.array(column)[:, np.newaxis] for column in table.T]


_COEFFICIENTS = _columns()


def erf(x: np.ndarray | float, out: np.ndarray | None = None) -> np.ndarray:
    """The error function of every element of x, written into `out` if it is given (which may be x itself).

    Within 2 units in the last place. erf(−x) is −erf(x) to the bit, zero keeps its sign, and NaN stays NaN.

    >>> erf(np.array([0.0, 0.5, -np.inf])).tolist()
    [0.0, 0.5204998778130465, -1.0]
    """
    x = np.asarray(x, dtype=np.float64)
    result = np.empty(x.shape) if out is None else out
    flat = x.reshape(-1)
    into = result.reshape(-1) if result.flags.c_contiguous else np.empty(flat.shape)
    for start in range(0, flat.size, BLOCK):
        _erf(flat[start : start + BLOCK], into[start : start + BLOCK])
    if not result.flags.c_contiguous:
        np.copyto(result, into.reshape(result.shape))
    return result


def _erf(x: np.ndarray, out: np.ndarray) -> None:
    """The error function of a block: both approximations everywhere, then the one that holds."""
    size = np.abs(x)
    near = np.minimum(size, NEAR)
    far = np.clip(size, NEAR, FAR)
    at = np.empty((4, x.size))
    np.multiply(near, near, at[:2])
    at[2:] = far
    powers = at * _COEFFICIENTS[0]
    for column in _COEFFICIENTS[1:-1]:
        powers += column
        powers *= at
    powers += _COEFFICIENTS[-1]
    over_one, missing = np.divide(powers[::2], powers[1::2], powers[::2])
    cut = np.floor(far * 16.0)
    cut /= 16.0
    rest = (cut - far) * (cut + far)
    missing *= np.exp(-cut * cut)
    missing *= np.exp(rest, rest)
    np.subtract(1.0, missing, missing)
    over_one *= near
    over_one += near
    np.copyto(missing, over_one, where=size <= NEAR)
    np.copysign(missing, x, out)


def where_positive(z: np.ndarray, then: np.ndarray, otherwise: np.ndarray, out: np.ndarray) -> None:
    """out = `then` where z > 0, and `otherwise` elsewhere, NaN included. `out` may be `otherwise`, not `then`."""
    positive = np.greater(z, 0.0)
    np.copyto(out, otherwise)
    np.copyto(out, then, where=positive)

"""NumPy / SciPy, common set W1..W10. BENCH_THREADS=1|2 python3 w.py  (see ../README.md). Gradients are written by hand."""
import os, sys
os.environ.setdefault("OMP_NUM_THREADS", os.environ.get("BENCH_THREADS", "1"))
os.environ.setdefault("OPENBLAS_NUM_THREADS", os.environ.get("BENCH_THREADS", "1"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
import numpy as np, scipy, scipy.sparse as sp, scipy.sparse.linalg as spl, scipy.fft as sf
from scipy.ndimage import map_coordinates
from harness import bench as _b, rndf, velocity, smoke_inputs, rhs, indices, BURGERS as BG, THREADS
P = "numpy-scipy"
bench = lambda *a, **k: _b(P, *a, **k)
f = lambda x: round(float(x), 5)
nrm = np.linalg.norm
F = np.float32

# W1
x, y = rndf((1_000_000,), 1), rndf((1_000_000,), 2)
bench("W1 chain", "1M", lambda: np.tanh(F(0.7) * x + F(0.1)) * x - y, lambda z: f(nrm(z)))
buf = np.empty_like(x)
def w1o():
    np.multiply(x, F(0.7), out=buf); np.add(buf, F(0.1), out=buf); np.tanh(buf, out=buf); np.multiply(buf, x, out=buf); return np.subtract(buf, y, out=buf)
bench("W1 chain", "1M out=", w1o, lambda z: f(nrm(z)))

# W2
for n in (512, 64):
    q = rndf((n, n), 5)
    roll = lambda: np.roll(q, 1, 0) + np.roll(q, -1, 0) + np.roll(q, 1, 1) + np.roll(q, -1, 1) - F(4) * q
    r = np.empty_like(q)
    def sl():
        np.multiply(q, F(-4), out=r)
        r[1:] += q[:-1]; r[0] += q[-1]; r[:-1] += q[1:]; r[-1] += q[0]
        r[:, 1:] += q[:, :-1]; r[:, 0] += q[:, -1]; r[:, :-1] += q[:, 1:]; r[:, -1] += q[:, 0]
        return r
    bench(f"W2 lap{n}", "roll", roll, lambda z: f(nrm(z)))
    bench(f"W2 lap{n}", "slices in place", sl, lambda z: f(nrm(z)))

# W3
A, B = rndf((512, 512), 1), rndf((512, 512), 2)
bench("W3 matmul512", "OpenBLAS", lambda: A @ B, lambda z: f(nrm(z)))

# W4
C, n = 32, 64
X, W, G = rndf((C, n, n), 1), rndf((C, C, 3, 3), 2), rndf((C, n, n), 3)
def cols(X): return np.lib.stride_tricks.sliding_window_view(np.pad(X, ((0, 0), (1, 1), (1, 1))), (3, 3), (1, 2)).transpose(0, 3, 4, 1, 2).reshape(C * 9, n * n)
bench("W4 conv fwd", "im2col", lambda: W.reshape(C, -1) @ cols(X), lambda z: f(nrm(z)))
def convg():
    c = cols(X); y = W.reshape(C, -1) @ c; g = G.reshape(C, -1)
    gc = (W.reshape(C, -1).T @ g).reshape(C, 3, 3, n, n); gx = np.zeros((C, n + 2, n + 2), F)
    for i in range(3):
        for j in range(3): gx[:, i:i + n, j:j + n] += gc[:, i, j]
    return y, gx[:, 1:-1, 1:-1], g @ c.T
bench("W4 conv fwd+bwd", "im2col", convg, lambda z: [f(nrm(z[1])), f(nrm(z[2]))])

# W5
sizes = (2, 64, 64, 1)
Ws = [rndf((sizes[i], sizes[i + 1]), 10 + i, -0.3, 0.3) for i in range(3)]; bs = [np.zeros(sizes[i + 1], F) for i in range(3)]
par = Ws + bs; m1 = [np.zeros_like(p) for p in par]; m2 = [np.zeros_like(p) for p in par]
Xm, Ym = rndf((1024, 2), 20), rndf((1024, 1), 21); tstep = [0]; first = []
def mlp():
    h = [Xm]
    for i in range(3):
        z = h[-1] @ Ws[i]; z += bs[i]; h.append(np.tanh(z, out=z) if i < 2 else z)
    d = h[3] - Ym; loss = float((d * d).mean()); g = d * F(2 / 1024); gw, gb = [0] * 3, [0] * 3
    for i in (2, 1, 0):
        gw[i] = h[i].T @ g; gb[i] = g.sum(0)
        if i: g = g @ Ws[i].T; g *= 1 - h[i] * h[i]
    tstep[0] += 1; t = tstep[0]; c1, c2 = F(1e-3 / (1 - 0.9 ** t)), F(1 / (1 - 0.999 ** t))
    for p, g, a, b in zip(par, gw + gb, m1, m2):
        a *= F(0.9); a += F(0.1) * g; b *= F(0.999); b += F(0.001) * g * g
        p -= c1 * a / (np.sqrt(b * c2) + F(1e-8))
    first.append(loss); return loss
bench("W5 mlp step", "hand-written backprop", mlp, lambda l: dict(first_loss=f(first[0])))

# W6
_g = {}
def grid(n):
    if n not in _g: _g[n] = np.meshgrid(np.arange(n, dtype=F), np.arange(n, dtype=F), indexing="ij")
    return _g[n]
def locate(u, v):
    n = u.shape[0]; gy, gx = grid(n); py, px = gy - v, gx - u
    y0, x0 = np.floor(py), np.floor(px); fy, fx = py - y0, px - x0
    iy, ix = y0.astype(np.int64) % n, x0.astype(np.int64) % n; jy, jx = (iy + 1) % n, (ix + 1) % n
    return fy, fx, (iy * n + ix, iy * n + jx, jy * n + ix, jy * n + jx)
def sample(q, loc):
    fy, fx, ids = loc; c = [q.ravel()[i] for i in ids]
    a = c[0] + (c[1] - c[0]) * fx; b = c[2] + (c[3] - c[2]) * fx
    return a + (b - a) * fy, c
def sample_bwd(g, c, loc):
    fy, fx, ids = loc; n = fy.shape[0]
    gb = g * fy; ga = g - gb; w = (ga * (1 - fx), ga * fx, gb * (1 - fx), gb * fx)
    gq = sum(np.bincount(i.ravel(), k.ravel(), n * n) for i, k in zip(ids, w)).reshape(n, n).astype(F)
    gfx = ga * (c[1] - c[0]) + gb * (c[3] - c[2]); a = c[0] + (c[1] - c[0]) * fx; b = c[2] + (c[3] - c[2]) * fx
    return gq, -gfx, -g * (b - a)
n = 256; u, v = velocity(n); q, G = rndf((n, n), 5), rndf((n, n), 6)
gy, gx = grid(n)
bench("W6 advect fwd", "gather", lambda: sample(q, locate(u, v))[0], lambda z: f(nrm(z)))
bench("W6 advect fwd", "ndimage.map_coordinates", lambda: map_coordinates(q, [gy - v, gx - u], order=1, mode="grid-wrap"), lambda z: f(nrm(z)))
def adg(): loc = locate(u, v); y, c = sample(q, loc); return sample_bwd(G, c, loc)
bench("W6 advect fwd+bwd", "gather + bincount, hand-written", adg, lambda z: [f(nrm(a)) for a in z])

# W7
def lap(p, r):
    np.multiply(p, 4, out=r); r[1:] -= p[:-1]; r[:-1] -= p[1:]; r[:, 1:] -= p[:, :-1]; r[:, :-1] -= p[:, 1:]; return r
def cg(b, tol, maxit=4000):
    x = np.zeros_like(b); r = b.copy(); p = r.copy(); Ap = np.empty_like(b); rs = float(np.vdot(r, r)); stop = tol * tol * rs; it = 0
    while rs > stop and it < maxit:
        lap(p, Ap); a = b.dtype.type(rs / float(np.vdot(p, Ap))); x += a * p; Ap *= a; r -= Ap
        rn = float(np.vdot(r, r)); p *= b.dtype.type(rn / rs); p += r; rs = rn; it += 1
    return x, it
n = 128; b = rhs(n); b32 = b.astype(F)
D = sp.diags([-1, 2, -1], [-1, 0, 1], shape=(n, n)); A = (sp.kron(sp.eye(n), D) + sp.kron(D, sp.eye(n))).tocsr(); A32 = A.astype(F)
RT = "rtol" if tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 12) else "tol"
def scg(A, b, tol):
    it = [0]; x, _ = spl.cg(A, b.ravel(), **{RT: tol}, atol=0, callback=lambda _: it.__setitem__(0, it[0] + 1)); return x, it[0]
ck = lambda r: dict(iters=r[1], norm=f(nrm(r[0])), rel=float(f"{nrm(A @ r[0].ravel().astype(float) - b.ravel()) / nrm(b):.2e}"))
bench("W7 cg f32 1e-5", "numpy matrix-free", lambda: cg(b32, 1e-5), ck)
bench("W7 cg f32 1e-5", "scipy cg CSR", lambda: scg(A32, b32, 1e-5), ck)
bench("W7 cg f64 1e-8", "numpy matrix-free", lambda: cg(b, 1e-8), ck)
bench("W7 cg f64 1e-8", "scipy cg CSR", lambda: scg(A, b, 1e-8), ck)
Ac = A.tocsc()
bench("W7 direct f64", "spsolve", lambda: spl.spsolve(Ac, b.ravel()), lambda x: f(nrm(x)))
lu = spl.splu(Ac)
bench("W7 direct f64", "splu, solve only", lambda: lu.solve(b.ravel()), lambda x: f(nrm(x)))
lam = (2 - 2 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1))); L = lam[:, None] + lam[None]; L32 = L.astype(F)
bench("W7 direct f32", "DST-I", lambda: sf.idstn(sf.dstn(b32, type=1, workers=THREADS) / L32, type=1, workers=THREADS), lambda x: f(nrm(x)))
bench("W7 direct f64", "DST-I", lambda: sf.idstn(sf.dstn(b, type=1, workers=THREADS) / L, type=1, workers=THREADS), lambda x: f(nrm(x)))

# W8
def burgers():
    c, k = F(BG.c), F(BG.k); u = BG.u0; tape = []
    for _ in range(BG.steps):
        up, um = np.roll(u, -1), np.roll(u, 1); a, b = np.maximum(u, 0), np.minimum(u, 0); dm, dp = u - um, up - u
        tape.append((u, a, b, dm, dp)); u = u - c * (a * dm + b * dp) + k * (dp - dm)
    d = u - BG.target; g = d
    for u, a, b, dm, dp in reversed(tape):
        lo, hi = g * (c * a + k), g * (k - c * b)
        g = g - c * g * np.where(u > 0, dm, dp) - lo - hi + np.roll(lo, -1) + np.roll(hi, 1)
    return 0.5 * float(d @ d), g
bench("W8 burgers grad", "hand-written adjoint", burgers, lambda r: dict(loss=f(r[0]), g=f(nrm(r[1]))))

# W9
def dx(p): r = np.empty_like(p); r[:, 1:-1] = p[:, 2:] - p[:, :-2]; r[:, 0] = p[:, 1]; r[:, -1] = -p[:, -2]; r *= F(0.5); return r
def dy(p): r = np.empty_like(p); r[1:-1] = p[2:] - p[:-2]; r[0] = p[1]; r[-1] = -p[-2]; r *= F(0.5); return r
its = [0, 0]
def solve(b, k): x, it = cg(b, 1e-3); its[k] += it; return x
def step(d, u, v):
    loc = locate(u, v); (d1, cd), (u1, cu), (v1, cv) = sample(d, loc), sample(u, loc), sample(v, loc)
    v1 = v1 + F(0.1) * d1; p = solve(-(dx(u1) + dy(v1)), 0)
    return (d1, u1 - dx(p), v1 - dy(p)), (loc, cd, cu, cv)
def step_bwd(gd, gu, gv, saved):
    loc, cd, cu, cv = saved; gb = solve(dx(gu) + dy(gv), 1)
    gu = gu + dx(gb); gv = gv + dy(gb); gd = gd + F(0.1) * gv
    (a, x0, y0), (b, x1, y1), (c, x2, y2) = sample_bwd(gd, cd, loc), sample_bwd(gu, cu, loc), sample_bwd(gv, cv, loc)
    return a, b + x0 + x1 + x2, c + y0 + y1 + y2
u0, v0, d0, tgt = smoke_inputs(64)
def fwd(): its[:] = [0, 0]; return step(d0, u0, v0)[0]
bench("W9 smoke fwd 1 step", "CG 1e-3", fwd, lambda r: dict(d=f(nrm(r[0])), u=f(nrm(r[1])), cg=list(its)))
def smoke():
    its[:] = [0, 0]; s = (d0, u0, v0); tape = []
    for _ in range(8): s, t = step(*s); tape.append(t)
    e = s[0] - tgt; g = (e, np.zeros_like(e), np.zeros_like(e))
    for t in reversed(tape): g = step_bwd(*g, t)
    return 0.5 * float((e * e).sum()), g[0]
bench("W9 smoke grad 8 steps", "CG 1e-3, hand-written adjoint", smoke, lambda r: dict(loss=f(r[0]), g=f(nrm(r[1])), cg=list(its)))

# W10
bench("W10 sum1M", "", lambda: x.sum(), f)
idx = indices(1_000_000)
bench("W10 gather1M", "take", lambda: np.take(x, idx), lambda z: f(nrm(z)))
bench("W10 gather1M", "fancy index", lambda: x[idx], lambda z: f(nrm(z)))
a = rndf((256, 256), 9)
bench("W10 rfft2 256", "scipy f32", lambda: sf.rfft2(a, workers=THREADS), lambda z: f(nrm(z)))
bench("W10 rfft2 256", "numpy", lambda: np.fft.rfft2(a), lambda z: f(nrm(z)))
ac = a.astype(np.complex64)
bench("W10 fft2 256", "scipy c64", lambda: sf.fft2(ac, workers=THREADS), lambda z: f(nrm(z)))
